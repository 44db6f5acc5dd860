// Google's official client is the referee: what it makes of our answers, whatever kind of provider serves them.
import { LLMock } from '@copilotkit/aimock'
import { ApiError, type FunctionDeclaration, GoogleGenAI } from '@google/genai'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { CODE_PROMPT, collect, TOOL_PROMPT, weatherFunction } from './contract.ts'
import { CALLER_KEY, type ConformanceServer, startServer } from './server.ts'

const SAID = 'def sort(items):\n    return sorted(items) # ✓ 整列'
const weather: FunctionDeclaration = {
  name: weatherFunction.name,
  description: weatherFunction.description,
  parametersJsonSchema: weatherFunction.parameters,
}

describe.each(['openai', 'anthropic'])(
  'over a mock of a provider of kind %s, Google’s client',
  (kind) => {
    let mock: LLMock
    let server: ConformanceServer
    let client: GoogleGenAI

    beforeAll(async () => {
      mock = new LLMock({ port: 0, chunkSize: 8 })
      mock.prependFixture({
        match: { predicate: ({ messages }) => messages.at(-1)?.role === 'tool' },
        response: { content: 'It is sunny in Lisbon.' },
      })
      mock.onMessage(CODE_PROMPT, { content: SAID })
      mock.onMessage(TOOL_PROMPT, {
        toolCalls: [{ name: 'get_weather', arguments: '{"city":"Lisbon","days":2}' }],
      })
      await mock.start()
      server = await startServer({ kind, base_url: `${mock.url}/v1` })
      const baseUrl = server.baseURL.replace(/\/v1$/, '')
      client = new GoogleGenAI({ apiKey: CALLER_KEY, httpOptions: { baseUrl } })
    })

    afterAll(async () => {
      await server?.close()
      await mock?.stop()
    })

    it('reads an answer, its end and its usage', async () => {
      const answer = await client.models.generateContent({ model: 'auto', contents: CODE_PROMPT })
      expect(answer.text).toBe(SAID)
      expect(answer.candidates?.[0]?.finishReason).toBe('STOP')
      expect(answer.usageMetadata?.totalTokenCount).toEqual(expect.any(Number))
      expect(answer.sdkHttpResponse?.headers?.['x-router-route']).toBeDefined()
    })

    it('reads a stream', async () => {
      const stream = await client.models.generateContentStream({
        model: 'auto',
        contents: CODE_PROMPT,
      })
      const chunks = await collect(stream)
      expect(chunks.map(({ text }) => text ?? '').join('')).toBe(SAID)
      expect(chunks.length).toBeGreaterThan(2)
      expect(chunks.at(-1)?.candidates?.[0]?.finishReason).toBe('STOP')
    })

    it.each([false, true])(
      'calls a function and sends its result back (streamed: %s)',
      async (isStream) => {
        const config = { tools: [{ functionDeclarations: [weather] }] }
        const asked = { role: 'user', parts: [{ text: TOOL_PROMPT }] }
        const request = { model: 'small', contents: [asked], config }
        const answers = isStream
          ? await collect(await client.models.generateContentStream(request))
          : [await client.models.generateContent(request)]
        const [call] = answers.flatMap(({ functionCalls }) => functionCalls ?? [])
        expect(call).toMatchObject({ name: 'get_weather', args: { city: 'Lisbon', days: 2 } })
        const parts = answers.flatMap(({ candidates }) => candidates?.[0]?.content?.parts ?? [])
        const result = { id: call?.id ?? '', name: call?.name ?? '', response: { result: 'sunny' } }
        const after = await client.models.generateContent({
          ...request,
          contents: [
            asked,
            { role: 'model', parts },
            { role: 'user', parts: [{ functionResponse: result }] },
          ],
        })
        expect(after.text).toBe('It is sunny in Lisbon.')
      },
    )

    it('keeps a conversation in its chat', async () => {
      const chat = client.chats.create({ model: 'small' })
      const answer = await chat.sendMessage({ message: CODE_PROMPT })
      expect(answer.text).toBe(SAID)
      expect(chat.getHistory()).toHaveLength(2)
    })

    it('counts tokens', async () => {
      const counted = await client.models.countTokens({ model: 'auto', contents: CODE_PROMPT })
      expect(counted.totalTokens).toBeGreaterThan(5)
    })

    it('throws its own error with the status', async () => {
      const asked = client.models.generateContent({ model: 'nothing-like-this', contents: 'hi' })
      const error = await asked.catch((caught: unknown) => caught)
      expect(error).toBeInstanceOf(ApiError)
      expect(error).toMatchObject({ status: 404, message: expect.stringContaining('NOT_FOUND') })
    })
  },
)
