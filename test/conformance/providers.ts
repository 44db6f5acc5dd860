// One server over three providers: the echo provider, an independent mock of OpenAI, and a fake of Anthropic's API. Each
// is a model of its own name, so that one client can be held against all of them.
import { LLMock } from '@copilotkit/aimock'
import { ANTHROPIC_KEY, type FakeAnthropic, startFakeAnthropic } from '../support/fake-anthropic.ts'
import { CALLER_KEY, type ConformanceServer, startServer } from './server.ts'

/** The models: who serves them is their name. */
export const MODELS = ['echo', 'mock', 'claude'] as const

export const CHAT_PROMPT = 'Tell me about signal boxes.'
export const MOCK_TEXT = 'A signal box houses levers. ✓ 信号扱所'
export const WEATHER_PROMPT = 'What is the weather like in Lisbon today?'
export const JSON_PROMPT = 'Say as JSON which city has the better weather.'
export const JSON_VALUE = { city: 'Lisbon', days: 2 }
/** Answered by a stream that breaks off in the middle. */
export const CUT_PROMPT = 'Tell me a very long story.'
export const CUT_TEXT = 'Once upon a time there was a signal box. '.repeat(20)
const CALL_ID = 'call_lisbon'

const createMock = (): LLMock => {
  const mock = new LLMock({ port: 0, chunkSize: 8 })
  mock.onToolResult(CALL_ID, { content: 'It is sunny in Lisbon.' })
  mock.onMessage(WEATHER_PROMPT, {
    toolCalls: [{ id: CALL_ID, name: 'get_weather', arguments: JSON.stringify(JSON_VALUE) }],
  })
  mock.onMessage(JSON_PROMPT, { content: JSON.stringify(JSON_VALUE) })
  mock.onMessage(CUT_PROMPT, { content: CUT_TEXT }, { truncateAfterChunks: 6, latency: 20 })
  mock.onEmbedding(/./, { embedding: [0.25, -0.5, 1] })
  mock.onMessage(/./, { content: MOCK_TEXT })
  return mock
}

export interface Providers {
  server: ConformanceServer
  baseURL: string
  apiKey: string
  mock: LLMock
  anthropic: FakeAnthropic
  stop(): Promise<void>
}

export const startProviders = async (): Promise<Providers> => {
  const mock = createMock()
  await mock.start()
  const anthropic = await startFakeAnthropic()
  const server = await startServer(
    { kind: 'echo' },
    { ANTHROPIC_KEY },
    {
      providers: {
        openai: { kind: 'openai', base_url: `${mock.url}/v1` },
        anthropic: {
          kind: 'anthropic',
          base_url: anthropic.baseUrl,
          api_key_env: 'ANTHROPIC_KEY',
        },
      },
      models: {
        echo: { provider: 'upstream', name: 'echo-1' },
        mock: { provider: 'openai', name: 'mock-1' },
        claude: { provider: 'anthropic', name: 'claude-1' },
        'mock-embedding': { provider: 'openai', name: 'text-embedding-3-small' },
      },
    },
  )
  return {
    server,
    baseURL: server.baseURL,
    apiKey: CALLER_KEY,
    mock,
    anthropic,
    stop: async () => {
      await server.close()
      await mock.stop()
      await anthropic.close()
    },
  }
}
