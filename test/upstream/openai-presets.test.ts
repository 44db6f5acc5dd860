// What known OpenAI-compatible servers are sent differently, and that a plain server gets the body as it is.
import { describe, expect, it } from 'vitest'
import type { PresetName } from '../../src/config/preset-hosts.ts'
import { presetNames } from '../../src/config/schema/provider-schema.ts'
import { createOpenAiUpstream } from '../../src/upstream/openai/openai.ts'
import { presetOf } from '../../src/upstream/presets/presets.ts'
import { createTestLogger, requestOf } from './harness.ts'

interface Sent {
  url: string
  headers: Record<string, string>
  body: Record<string, unknown>
}

const sentBy = async (
  options: { preset?: PresetName; baseUrl?: string; apiVersion?: string },
  body: Record<string, unknown> = {},
  model = 'gpt-4.1-mini',
): Promise<Sent> => {
  const sent: Sent[] = []
  const upstream = createOpenAiUpstream({
    provider: 'fake',
    baseUrl: 'https://provider.test/v1',
    keys: ['key-one'],
    timeouts: { firstTokenMs: 1_000, idleMs: 1_000, totalMs: 1_000 },
    logger: createTestLogger().logger,
    fetch: async (url, init) => {
      sent.push({ url, headers: init.headers, body: JSON.parse(String(init.body)) })
      const stream =
        'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
      return init.headers.accept === 'text/event-stream'
        ? new Response(stream, { headers: { 'content-type': 'text/event-stream' } })
        : Response.json({
            choices: [{ index: 0, message: { content: 'ok' }, finish_reason: 'stop' }],
            usage: { prompt_tokens: 1 },
          })
    },
    ...options,
  })
  await upstream.chat(requestOf(model, body))
  if (!sent[0]) throw new Error('nothing was sent')
  return sent[0]
}

describe('the preset', () => {
  it.each([
    ['https://api.openai.com/v1', 'openai'],
    ['https://my-resource.openai.azure.com', 'azure'],
    ['https://api.mistral.ai/v1', 'mistral'],
    ['https://openrouter.ai/api/v1', 'openrouter'],
  ] as const)('of %s is %s without being named', (baseUrl, name) => {
    expect(presetOf(undefined, baseUrl)).toBe(presetOf(name, undefined))
  })

  it.each([
    'https://api.openai.com.evil.test/v1',
    'https://notopenrouter.ai/v1',
    'https://x.test/v1',
  ])('of %s is none', (baseUrl) => {
    expect(presetOf(undefined, baseUrl)).toMatchObject({ isUnknown: true, maxTokensField: 'both' })
  })

  it.each(presetNames.filter((name) => name !== 'azure'))('%s has an address', (name) => {
    const { baseUrl } = presetOf(name, undefined)
    expect(baseUrl && new URL(baseUrl).href).toBe(baseUrl)
  })
})

describe('max_tokens and max_completion_tokens', () => {
  it.each([
    ['openai', { max_tokens: 5 }, { max_completion_tokens: 5 }],
    ['openai', { max_completion_tokens: 6 }, { max_completion_tokens: 6 }],
    ['mistral', { max_completion_tokens: 6 }, { max_tokens: 6 }],
    ['ollama', { max_tokens: 5, max_completion_tokens: 6 }, { max_tokens: 5 }],
    [
      'vllm',
      { max_tokens: 5, max_completion_tokens: 6 },
      { max_tokens: 5, max_completion_tokens: 6 },
    ],
    [undefined, { max_tokens: 5 }, { max_tokens: 5 }],
  ] as const)('%s: %j becomes %j', async (preset, given, expected) => {
    const { body } = await sentBy({ ...(preset && { preset }) }, given)
    const { max_tokens, max_completion_tokens } = body
    expect(JSON.parse(JSON.stringify({ max_tokens, max_completion_tokens }))).toEqual(expected)
  })
})

describe('stream_options', () => {
  it('are not sent to a server that refuses them', async () => {
    const { body } = await sentBy(
      { preset: 'mistral' },
      { stream: true, stream_options: { include_usage: true } },
    )
    expect(body).not.toHaveProperty('stream_options')
  })

  it('ask for usage everywhere else, and keep what the caller asked', async () => {
    const { body } = await sentBy(
      {},
      { stream: true, stream_options: { include_obfuscation: false } },
    )
    expect(body.stream_options).toEqual({ include_obfuscation: false, include_usage: true })
  })
})

it('the role developer is system for a server that does not know it', async () => {
  const messages = [
    { role: 'developer', content: 'a' },
    { role: 'user', content: 'b' },
  ]
  const roles = async (preset: PresetName) =>
    ((await sentBy({ preset }, { messages })).body.messages as { role: string }[]).map(
      ({ role }) => role,
    )
  expect(await roles('mistral')).toEqual(['system', 'user'])
  expect(await roles('openai')).toEqual(['developer', 'user'])
})

describe('Azure', () => {
  const baseUrl = 'https://r.openai.azure.com'

  it.each([
    [{ baseUrl }, '/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21'],
    [
      { baseUrl: `${baseUrl}/openai` },
      '/openai/deployments/my-gpt/chat/completions?api-version=2024-10-21',
    ],
    [
      { baseUrl, apiVersion: '2025-01-01-preview' },
      '/openai/deployments/my-gpt/chat/completions?api-version=2025-01-01-preview',
    ],
    [{ baseUrl: `${baseUrl}/openai/v1` }, '/openai/v1/chat/completions'],
  ])('%j posts to %s with the key in api-key', async (options, path) => {
    const { url, headers } = await sentBy(options, {}, 'my-gpt')
    expect(url).toBe(baseUrl + path)
    expect(headers['api-key']).toBe('key-one')
    expect(headers).not.toHaveProperty('authorization')
  })

  it.each(['a/../b', 'a?x=1', 'a#b', 'a@b', 'a b', 'a\r\nb', '%2e%2e', '..'])(
    'refuses a deployment that would leave its place in the path: %j',
    async (name) => {
      await expect(sentBy({ baseUrl }, {}, name)).rejects.toMatchObject({ code: 'invalid_config' })
    },
  )
})
