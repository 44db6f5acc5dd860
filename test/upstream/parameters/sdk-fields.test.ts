// Every parameter that OpenAI's and Anthropic's official clients know stands in the lists here; a client that gains one fails
// this test until it is said what becomes of it. And what the lists say of translated requests is what happens.
import { describe, expect, it } from 'vitest'
import { CHAT_FIELDS } from '../../../src/upstream/parameters/fields.ts'
import {
  MESSAGES_TRANSLATIONS,
  RESPONSES_TRANSLATIONS,
  type Translation,
} from '../../../src/upstream/parameters/translations.ts'
import {
  createDialectRig,
  PROVIDER_NAMES,
  type ProviderName,
  type Spec,
  type Told,
} from '../../support/dialect-rig.ts'
import {
  anthropicFields,
  openAiChatFields,
  openAiResponsesFields,
} from '../../support/sdk-fields.ts'

/** Anthropic's client no longer types them, and its API takes them for its older models. */
const OLDER = ['temperature', 'top_k', 'top_p']

describe('no parameter is unknown', () => {
  it.each<[string, string[], Record<string, unknown>, string[]?]>([
    ['OpenAI chat', openAiChatFields(), CHAT_FIELDS],
    ['the Responses API', openAiResponsesFields(), RESPONSES_TRANSLATIONS],
    ['Anthropic messages', anthropicFields(), MESSAGES_TRANSLATIONS, OLDER],
  ])('of %s, and none is made up', (_, published, known, older = []) => {
    expect(published).toContain('model')
    expect(published.length).toBeGreaterThan(15)
    expect(Object.keys(known).sort()).toEqual([...published, ...older].sort())
  })
})

const answerOf = (name: ProviderName): Spec => {
  if (name === 'gem') {
    return {
      json: { candidates: [{ content: { parts: [{ text: 'ok' }] }, finishReason: 'STOP' }] },
    }
  }
  if (name === 'ant') {
    return { json: { id: 'm', content: [{ type: 'text', text: 'ok' }], stop_reason: 'end_turn' } }
  }
  return {
    json: {
      id: 'c',
      choices: [{ index: 0, message: { content: 'ok' }, finish_reason: 'stop' }],
      output: [],
    },
  }
}

const droppedOf = ({ headers }: Told): string[] =>
  (headers.get('x-router-dropped') ?? '').split(', ').filter((name) => name !== '')

interface Asked {
  name: string
  told: Told
  /** The same request without the parameter. */
  bare: Told
}

/** What is said of a parameter that is not sent as it came. */
const holds = (translation: Translation, { name, told, bare }: Asked): void => {
  const outcome = `${name} is ${translation.as}`
  if (translation.as === 'refused') {
    expect(told.status, outcome).toBe(400)
    expect(told.sent, outcome).toHaveLength(0)
    expect(told.json.error.message, outcome).toContain(name)
    return
  }
  if (told.status === 400) {
    // Translated, and then more than this provider takes: by the name in chat, before a call.
    expect(['same', 'chat'], outcome).toContain(translation.as)
    expect(told.sent, outcome).toHaveLength(0)
    expect(told.json.error.param, outcome).toMatch(/\w/)
    return
  }
  expect(told.status, outcome).toBe(200)
  const isNoted = droppedOf(told).length > 0
  const isChanged = told.sentText[0] !== bare.sentText[0]
  if (translation.as === 'dropped') {
    expect(droppedOf(told), outcome).toEqual([name])
    expect(isChanged, outcome).toBe(false)
  } else if (translation.as === 'ours') {
    expect([isNoted, isChanged], outcome).toEqual([false, false])
  } else expect(isNoted || isChanged, outcome).toBe(true)
}

const schema = { type: 'object', properties: {} }
const tool = { name: 'f', input_schema: schema }

const MESSAGES_VALUES: Record<string, unknown> = {
  system: 'Be brief.',
  stop_sequences: ['END'],
  temperature: 0.25,
  top_p: 0.75,
  top_k: 4,
  thinking: { type: 'enabled', budget_tokens: 1024 },
  output_config: { effort: 'low' },
  output_format: { type: 'json_schema', schema },
  tools: [tool],
  metadata: { user_id: 'ann' },
  context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
  compaction: { enabled: true },
  cache_control: { type: 'ephemeral' },
  diagnostics: { previous_message_id: null },
  service_tier: 'standard_only',
  speed: 'fast',
  fallbacks: [{ model: 'x' }],
  fallback_credit_token: 'token',
  billing_policy: 'x',
  user_profile_id: 'u',
  workspace_id: 'w',
  container: 'c',
  inference_geo: 'eu',
  mcp_servers: [{ name: 'm' }],
  thread: { id: 't' },
}

const RESPONSES_VALUES: Record<string, unknown> = {
  instructions: 'Be brief.',
  max_output_tokens: 50,
  reasoning: { effort: 'low' },
  text: { format: { type: 'json_schema', name: 'a', schema } },
  tools: [{ type: 'function', name: 'f', parameters: schema }],
  top_logprobs: 2,
  include: ['reasoning.encrypted_content'],
  stream_options: { include_obfuscation: false },
  store: false,
  truncation: 'auto',
  background: true,
  conversation: 'conv_1',
  prompt: { id: 'p' },
  context_management: [{ type: 'compaction' }],
  temperature: 0.25,
  top_p: 0.75,
  metadata: { team: 'a' },
  moderation: { model: 'x' },
  user: 'ann',
  safety_identifier: 'ann',
  service_tier: 'flex',
  prompt_cache_key: 'k',
  prompt_cache_options: { mode: 'x' },
  prompt_cache_retention: '24h',
}

/** Always there, without a meaning of their own, or of another's answer. */
const ELSEWHERE = ['model', 'messages', 'max_tokens', 'input', 'stream', 'previous_response_id']
const NEEDS_TOOLS = ['tool_choice', 'parallel_tool_calls']
const toProbe = (translations: Record<string, Translation>) =>
  Object.entries(translations).filter(
    ([name]) => !ELSEWHERE.includes(name) && !NEEDS_TOOLS.includes(name),
  )

describe('a request in Anthropic’s dialect', () => {
  it.each(PROVIDER_NAMES.filter((name) => name !== 'ant'))('goes to %s as listed', async (name) => {
    const rig = await createDialectRig()
    const base = {
      model: name,
      max_tokens: 4000,
      messages: [{ role: 'user', content: 'Which way?' }],
    }
    const bare = await rig.ask('/v1/messages', base, answerOf(name))
    for (const [field, translation] of toProbe(MESSAGES_TRANSLATIONS)) {
      const body = { ...base, [field]: MESSAGES_VALUES[field] }
      const told = await rig.ask('/v1/messages', body, answerOf(name))
      holds(translation, { name: field, told, bare })
    }
  })

  it('goes to Anthropic as it is', async () => {
    const rig = await createDialectRig()
    const messages = [{ role: 'user', content: 'Which way?' }]
    for (const [field] of toProbe(MESSAGES_TRANSLATIONS)) {
      const value = MESSAGES_VALUES[field]
      const body = { model: 'ant', max_tokens: 4000, messages, [field]: value }
      const told = await rig.ask('/v1/messages', body, answerOf('ant'))
      expect(told.sent[0]?.[field], field).toEqual(value)
      expect(droppedOf(told), field).toEqual([])
    }
  })
})

describe('a request of the Responses API', () => {
  const SPEAKERS: ProviderName[] = ['openai', 'openrouter', 'vllm', 'ollama']
  const OTHERS = PROVIDER_NAMES.filter((name) => !SPEAKERS.includes(name))
  it.each(OTHERS)('goes to %s as listed', async (name) => {
    const rig = await createDialectRig()
    const base = { model: name, input: 'Which way?' }
    const bare = await rig.ask('/v1/responses', base, answerOf(name))
    for (const [field, translation] of toProbe(RESPONSES_TRANSLATIONS)) {
      const body = { ...base, [field]: RESPONSES_VALUES[field] }
      const told = await rig.ask('/v1/responses', body, answerOf(name))
      holds(translation, { name: field, told, bare })
    }
  })

  it.each(SPEAKERS)('goes to %s as it is, but for a background', async (name) => {
    const rig = await createDialectRig()
    for (const [field] of toProbe(RESPONSES_TRANSLATIONS)) {
      const value = RESPONSES_VALUES[field]
      const body = { model: name, input: 'Which way?', [field]: value }
      const told = await rig.ask('/v1/responses', body, answerOf(name))
      if (field === 'background') expect(told.status).toBe(400)
      else expect(told.sent[0]?.[field], field).toEqual(value)
    }
  })
})
