// Every parameter of OpenAI chat, Responses and Anthropic messages at every kind of provider: sent, in other words, dropped
// with a note or refused by name, as the table says; never lost without a word, never sent to an API that does not know it.
import { describe, expect, it } from 'vitest'
import {
  ANTHROPIC_FIELDS,
  CHAT_FIELDS,
  OTHER_FIELDS,
} from '../../../src/upstream/parameters/fields.ts'
import { treatmentOf } from '../../../src/upstream/parameters/fit.ts'
import {
  ANTHROPIC_PARAMETERS,
  GEMINI_PARAMETERS,
  openAiParameters,
} from '../../../src/upstream/parameters/targets.ts'
import {
  createDialectRig,
  type Loose,
  PROVIDER_NAMES,
  type ProviderName,
  type Spec,
} from '../../support/dialect-rig.ts'

const targetOf = (name: ProviderName) => {
  if (name === 'ant') return ANTHROPIC_PARAMETERS
  if (name === 'gem') return GEMINI_PARAMETERS
  return openAiParameters(name === 'oai' ? undefined : name)
}

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
    json: { id: 'c', choices: [{ index: 0, message: { content: 'ok' }, finish_reason: 'stop' }] },
  }
}

const fn = { name: 'f', parameters: { type: 'object', properties: {} } }

/** A value of each that asks for something. */
const VALUES: Record<string, unknown> = {
  max_tokens: 50,
  max_completion_tokens: 50,
  temperature: 0.25,
  top_p: 0.75,
  n: 2,
  stop: ['END'],
  seed: 77,
  frequency_penalty: 0.5,
  presence_penalty: 0.5,
  logit_bias: { 7: 1 },
  logprobs: true,
  top_logprobs: 2,
  response_format: { type: 'json_schema', json_schema: { name: 'a', schema: fn.parameters } },
  tools: [{ type: 'function', function: fn }],
  functions: [fn],
  parallel_tool_calls: false,
  reasoning_effort: 'low',
  verbosity: 'low',
  modalities: ['text', 'audio'],
  audio: { voice: 'alloy' },
  prediction: { type: 'content', content: 'x' },
  web_search_options: {},
  moderation: { model: 'x' },
  user: 'ann',
  safety_identifier: 'ann',
  metadata: { team: 'a' },
  store: true,
  service_tier: 'flex',
  prompt_cache_key: 'k',
  prompt_cache_retention: '24h',
  prompt_cache_options: { mode: 'x' },
  thinking: { type: 'enabled', budget_tokens: 1024 },
  stop_sequences: ['END'],
  system: 'x',
  mcp_servers: [{}],
  speed: 'fast',
}
/** Without these they ask for nothing. */
const COMPANIONS: Record<string, object> = {
  parallel_tool_calls: { tools: VALUES.tools },
  top_logprobs: { logprobs: true },
}
/** Always there, or without a meaning of their own. */
const ELSEWHERE = ['model', 'messages', 'stream', 'stream_options', 'tool_choice', 'function_call']
const NAMES = Object.keys({ ...CHAT_FIELDS, ...OTHER_FIELDS, ...ANTHROPIC_FIELDS }).filter(
  (name) => !ELSEWHERE.includes(name),
)

const messages = [{ role: 'user', content: 'Which way?' }]

describe.each(PROVIDER_NAMES)('%s', (provider) => {
  it('gets of a chat request what the table says', async () => {
    const rig = await createDialectRig()
    const plain = { model: provider, messages }
    const bare = await rig.ask('/v1/chat/completions', plain, answerOf(provider))
    expect(bare.headers.get('x-router-dropped')).toBeNull()
    for (const name of NAMES) {
      const value = Object.hasOwn(VALUES, name) ? VALUES[name] : { some: 'thing' }
      const told = await rig.ask(
        '/v1/chat/completions',
        { ...plain, ...COMPANIONS[name], [name]: value },
        answerOf(provider),
      )
      const noted = (told.headers.get('x-router-dropped') ?? '').split(', ').includes(name)
      const isKnownHere = told.sent[0] && Object.hasOwn(told.sent[0], name)
      const treatment = treatmentOf(name, targetOf(provider))
      const outcome = `${name} is ${treatment}`
      if (told.status === 400) {
        // By the table, or by its translation: named in either case.
        expect(told.sent, outcome).toHaveLength(0)
        expect(told.json.error.message, outcome).toContain(name)
        expect(['refused', 'mapped'], outcome).toContain(treatment)
        continue
      }
      expect(told.status, outcome).toBe(200)
      expect(treatment, outcome).not.toBe('refused')
      expect(noted, outcome).toBe(treatment === 'dropped')
      if (treatment === 'dropped') expect(isKnownHere, outcome).toBe(false)
      if (treatment === 'sent') expect(told.sent[0][name], outcome).toEqual(value)
      if (treatment === 'mapped' && name !== 'metadata') {
        const without = await rig.ask(
          '/v1/chat/completions',
          { ...plain, ...COMPANIONS[name] },
          answerOf(provider),
        )
        expect(told.sentText[0], outcome).not.toBe(without.sentText[0])
      }
    }
  })
})

describe('a request in Anthropic’s dialect', () => {
  const OWN: Record<string, unknown> = {
    temperature: 0.25,
    top_p: 0.75,
    top_k: 4,
    stop_sequences: ['END'],
    thinking: { type: 'enabled', budget_tokens: 1024 },
    output_config: { effort: 'low' },
    metadata: { user_id: 'ann' },
    tools: [{ name: 'f', input_schema: fn.parameters }],
    container: 'c',
    mcp_servers: [{ name: 'm' }],
    service_tier: 'standard_only',
    speed: 'fast',
    inference_geo: 'eu',
    fallbacks: [{ model: 'x' }],
    context_management: { edits: [{ type: 'clear_tool_uses_20250919' }] },
    an_unknown_field: 1,
  }
  it.each(PROVIDER_NAMES)('loses nothing on its way to %s without a word', async (provider) => {
    const rig = await createDialectRig()
    const base = { model: provider, max_tokens: 4000, messages }
    const bare = await rig.ask('/v1/messages', base, answerOf(provider))
    for (const [name, value] of Object.entries(OWN)) {
      const told = await rig.ask('/v1/messages', { ...base, [name]: value }, answerOf(provider))
      if (told.status === 400) {
        expect(told.sent).toHaveLength(0)
        expect(told.json.error.message, name).toContain(name)
        continue
      }
      expect(told.status, name).toBe(200)
      const isNoted = told.headers.get('x-router-dropped') !== null
      expect(isNoted || told.sentText[0] !== bare.sentText[0], name).toBe(true)
      if (provider === 'ant') expect((told.sent[0] as Loose)[name], name).toEqual(value)
    }
  })
})

describe('a Responses request', () => {
  const OWN: Record<string, unknown> = {
    temperature: 0.25,
    top_p: 0.75,
    max_output_tokens: 50,
    reasoning: { effort: 'low' },
    text: { verbosity: 'low' },
    user: 'ann',
    top_logprobs: 2,
    service_tier: 'flex',
    safety_identifier: 'ann',
    prompt_cache_key: 'k',
    tools: [{ type: 'function', name: 'f', parameters: fn.parameters }],
    an_unknown_field: 1,
  }
  it.each(PROVIDER_NAMES)('loses nothing on its way to %s without a word', async (provider) => {
    const rig = await createDialectRig()
    const base = { model: provider, input: 'Which way?' }
    const bare = await rig.ask('/v1/responses', base, answerOf(provider))
    for (const [name, value] of Object.entries(OWN)) {
      const told = await rig.ask('/v1/responses', { ...base, [name]: value }, answerOf(provider))
      if (told.status === 400) {
        expect(told.sent).toHaveLength(0)
        expect(told.json.error.message, name).toMatch(/logprobs|tools|text/)
        continue
      }
      const isNoted = told.headers.get('x-router-dropped') !== null
      expect(isNoted || told.sentText[0] !== bare.sentText[0], name).toBe(true)
    }
  })
})

describe('a parameter that the chosen model does not take', () => {
  const OPENAI = answerOf('oai')
  const both = (first: ProviderName) => ({ model: first, models: [first, 'oai'], messages })

  it('goes to the next model of the chain that takes it', async () => {
    const rig = await createDialectRig()
    for (const extra of [{ min_p: 0.1 }, { n: 2 }, { verbosity: 'low' }]) {
      const told = await rig.ask('/v1/chat/completions', { ...both('ant'), ...extra }, OPENAI)
      expect(told.status).toBe(200)
      expect(told.headers.get('x-router-model')).toBe('oai')
      expect(told.sent[0]).toMatchObject(extra)
    }
  })

  it('is left out, or refused, where the configuration says so', async () => {
    const drop = await createDialectRig({ resilience: { unsupported_params: 'drop' } })
    const dropped = await drop.ask(
      '/v1/chat/completions',
      { ...both('ant'), min_p: 0.1 },
      answerOf('ant'),
    )
    expect(dropped.headers.get('x-router-model')).toBe('ant')
    expect(dropped.headers.get('x-router-dropped')).toBe('min_p')
    const refuse = await createDialectRig({ resilience: { unsupported_params: 'refuse' } })
    const refused = await refuse.ask(
      '/v1/chat/completions',
      { model: 'ant', messages, min_p: 0.1 },
      answerOf('ant'),
    )
    expect(refused).toMatchObject({ status: 400, json: { error: { param: 'min_p' } } })
  })

  const refusal = (message: string): Spec => ({ status: 400, json: { error: { message } } })
  it.each([
    ['reasoning_effort', 'low', 'Unrecognized request argument supplied: reasoning_effort'],
    ['min_p', 0.1, "Unsupported parameter: 'min_p' is not supported with this model."],
    ['chat_template_kwargs', {}, 'chat_template_kwargs: Extra inputs are not permitted'],
  ])(
    'is learnt from the refusal of %s, and asked of the next model',
    async (name, value, message) => {
      const rig = await createDialectRig()
      const body = { ...both('oai'), models: ['oai', 'oai2'], [name]: value }
      const plan = { by: { 'some-model': refusal(message), other: OPENAI } }
      const first = await rig.ask('/v1/chat/completions', body, plan)
      expect(first.status).toBe(200)
      expect(first.sent.map(({ model }: Loose) => model)).toEqual(['some-model', 'other-model'])
      const again = await rig.ask('/v1/chat/completions', body, plan)
      expect(again.sent.map(({ model }: Loose) => model)).toEqual(['other-model'])
      const alone = await rig.ask(
        '/v1/chat/completions',
        { model: 'oai', messages, [name]: value },
        OPENAI,
      )
      expect(alone.sent[0]).not.toHaveProperty(name)
      expect(alone.headers.get('x-router-dropped')).toBe(name)
    },
  )
})

describe('JSON mode', () => {
  const format = { response_format: { type: 'json_object' } }
  it('is a tool for Anthropic, whose input is the answer', async () => {
    const rig = await createDialectRig()
    const content = [{ type: 'tool_use', id: 't', name: 'json_answer', input: { way: 'left' } }]
    const told = await rig.ask(
      '/v1/chat/completions',
      { model: 'ant', messages, ...format },
      { json: { id: 'm', content, stop_reason: 'tool_use', usage: {} } },
    )
    expect(told.sent[0].tool_choice).toEqual({ type: 'tool', name: 'json_answer' })
    const [choice] = told.json.choices
    expect(choice).toMatchObject({ finish_reason: 'stop', message: { content: '{"way":"left"}' } })
    expect(choice.message).not.toHaveProperty('tool_calls')
  })

  it('is asked for in words beside other tools', async () => {
    const rig = await createDialectRig()
    const tools = [{ type: 'function', function: fn }]
    const told = await rig.ask(
      '/v1/chat/completions',
      { model: 'ant', messages, tools, ...format },
      answerOf('ant'),
    )
    expect(told.sent[0].tools).toHaveLength(1)
    expect(JSON.stringify(told.sent[0].system)).toContain('JSON object')
  })
})

describe('the older form of tools', () => {
  it('is the newer one for Anthropic and Gemini, and comes back as it was asked', async () => {
    const rig = await createDialectRig()
    const content = [{ type: 'tool_use', id: 't', name: 'f', input: { a: 1 } }]
    const body = {
      model: 'ant',
      functions: [fn],
      function_call: { name: 'f' },
      messages: [
        ...messages,
        { role: 'assistant', content: null, function_call: { name: 'f', arguments: '{}' } },
        { role: 'function', name: 'f', content: 'left' },
      ],
    }
    const told = await rig.ask('/v1/chat/completions', body, {
      json: { id: 'm', content, stop_reason: 'tool_use', usage: {} },
    })
    expect(told.sent[0].tools[0].name).toBe('f')
    expect(told.sent[0].messages[2].content[0].type).toBe('tool_result')
    expect(told.json.choices[0]).toMatchObject({
      finish_reason: 'function_call',
      message: { function_call: { name: 'f', arguments: '{"a":1}' } },
    })
    const gemini = await rig.ask('/v1/chat/completions', { ...body, model: 'gem' }, answerOf('gem'))
    expect(gemini.sent[0].tools[0].functionDeclarations[0].name).toBe('f')
  })
})
