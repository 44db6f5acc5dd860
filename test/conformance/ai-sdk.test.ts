// The Vercel AI SDK as the referee, with its providers for OpenAI (the default responses model and chat), compatible
// servers and Anthropic, each over the echo provider, a mock of OpenAI and a fake of Anthropic's API.
import { createAnthropic } from '@ai-sdk/anthropic'
import { createOpenAI } from '@ai-sdk/openai'
import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import {
  embedMany,
  generateObject,
  generateText,
  type LanguageModel,
  Output,
  stepCountIs,
  streamText,
  tool,
} from 'ai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { collect } from './contract.ts'
import {
  CHAT_PROMPT,
  CUT_PROMPT,
  JSON_PROMPT,
  MOCK_TEXT,
  MODELS,
  type Providers,
  startProviders,
  WEATHER_PROMPT,
} from './providers.ts'

globalThis.AI_SDK_LOG_WARNINGS = false // that it does not know models called echo or mock

let providers: Providers
beforeAll(async () => {
  providers = await startProviders()
}, 120_000)
afterAll(() => providers?.stop())

const settings = () => ({ baseURL: providers.baseURL, apiKey: providers.apiKey })

const CLIENTS: Record<string, (model: string) => LanguageModel> = {
  '@ai-sdk/openai, its responses model': (model) => createOpenAI(settings())(model),
  '@ai-sdk/openai, its chat model': (model) => createOpenAI(settings()).chat(model),
  '@ai-sdk/openai-compatible': (model) =>
    createOpenAICompatible({
      name: 'signalbox',
      includeUsage: true,
      supportsStructuredOutputs: true,
      ...settings(),
    })(model),
  '@ai-sdk/anthropic': (model) => createAnthropic(settings())(model),
}

const createTools = () => {
  const calls: unknown[] = []
  return {
    calls,
    tools: {
      get_weather: tool({
        description: 'Current weather of a city.',
        inputSchema: z.object({ city: z.string(), days: z.number().int().min(1) }),
        execute: async (input) => {
          calls.push(input)
          return 'sunny'
        },
      }),
      now: tool({
        description: 'The time.',
        inputSchema: z.object({}),
        execute: async () => 'noon',
      }),
    },
  }
}

const onError = () => {} // by default it prints; the tests look at the parts

describe.each(Object.entries(CLIENTS))('%s', (_client, modelOf) => {
  test.each(MODELS)('has a whole text with usage, over %s', async (model) => {
    const { text, finishReason, usage } = await generateText({
      model: modelOf(model),
      system: 'Be brief.',
      prompt: CHAT_PROMPT,
      maxRetries: 0,
    })
    expect(text).toEqual(expect.stringMatching(/./))
    if (model === 'mock') expect(text).toBe(MOCK_TEXT)
    expect(finishReason).toBe('stop')
    expect(usage.inputTokens).toBeGreaterThan(0)
    expect(usage.outputTokens).toBeGreaterThan(0)
  })

  test.each(MODELS)('streams the text that it has whole, over %s', async (model) => {
    const request = { model: modelOf(model), prompt: CHAT_PROMPT, maxRetries: 0 }
    const whole = await generateText(request)
    const stream = streamText({ ...request, onError })
    const parts = await collect(stream.fullStream)
    expect(parts.filter(({ type }) => type === 'error')).toEqual([])
    expect(parts.filter(({ type }) => type === 'text-delta').length).toBeGreaterThan(1)
    expect(await stream.text).toBe(whole.text)
    expect(await stream.finishReason).toBe('stop')
    expect((await stream.usage).outputTokens).toBeGreaterThan(0)
  })

  // The echo provider calls a tool only where it must, so it is asked for one step.
  test.each(MODELS)('runs a tool and goes on with its result, over %s', async (model) => {
    const { calls, tools } = createTools()
    const isEcho = model === 'echo'
    const { steps } = await generateText({
      model: modelOf(model),
      prompt: WEATHER_PROMPT,
      tools,
      toolChoice: isEcho ? { type: 'tool', toolName: 'get_weather' } : 'auto',
      stopWhen: stepCountIs(isEcho ? 1 : 3),
      maxRetries: 0,
    })
    expect(steps[0]?.finishReason).toBe('tool-calls')
    expect(calls).toEqual([{ city: expect.any(String), days: expect.any(Number) }])
    expect(steps).toHaveLength(isEcho ? 1 : 2)
    if (!isEcho) expect(steps[1]?.text).toEqual(expect.stringMatching(/./))
  })

  test.each(MODELS)('streams a tool call and goes on with its result, over %s', async (model) => {
    const { calls, tools } = createTools()
    const isEcho = model === 'echo'
    const stream = streamText({
      model: modelOf(model),
      prompt: WEATHER_PROMPT,
      tools,
      toolChoice: isEcho ? { type: 'tool', toolName: 'get_weather' } : 'auto',
      stopWhen: stepCountIs(isEcho ? 1 : 3),
      maxRetries: 0,
      onError,
    })
    const types = (await collect(stream.fullStream)).map(({ type }) => type)
    expect(types).not.toContain('error')
    expect(types).toContain('tool-input-delta')
    expect(types).toContain('tool-result')
    expect(calls).toEqual([{ city: expect.any(String), days: expect.any(Number) }])
    expect((await stream.steps).length).toBe(isEcho ? 1 : 2)
  })

  test('keeps up a conversation', async () => {
    const model = modelOf('mock')
    const question = { role: 'user' as const, content: CHAT_PROMPT }
    const first = await generateText({ model, messages: [question], maxRetries: 0 })
    const again = { role: 'user' as const, content: 'Go on.' }
    const messages = [question, ...first.response.messages, again]
    await generateText({ model, messages, maxRetries: 0 })
    const asked = providers.mock.getRequests().at(-1)?.body as { messages: { role: string }[] }
    expect(asked.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user'])
    expect(JSON.stringify(asked.messages[1])).toContain(MOCK_TEXT)
  })

  test('sends an image', async () => {
    const content = [
      { type: 'text' as const, text: CHAT_PROMPT },
      { type: 'image' as const, image: new Uint8Array([137, 80, 78, 71, 13, 10, 26, 10]) },
    ]
    const messages = [{ role: 'user' as const, content }]
    await generateText({ model: modelOf('mock'), messages, maxRetries: 0 })
    expect(JSON.stringify(providers.mock.getRequests().at(-1)?.body)).toContain(
      'data:image/png;base64,iVBORw0KGgo=',
    )
  })

  test('never takes a cut stream for a whole one', async () => {
    const stream = streamText({
      model: modelOf('mock'),
      prompt: CUT_PROMPT,
      maxRetries: 0,
      onError,
    })
    // The socket ends without the body's end, so the reading throws, whatever parts came before.
    const types: string[] = []
    const reading = (async () => {
      for await (const { type } of stream.fullStream) types.push(type)
    })()
    const thrown = await reading.then(
      () => null,
      (error: unknown) => error,
    )
    expect(thrown !== null || types.includes('error')).toBe(true)
    expect(types).not.toContain('finish')
    await expect(Promise.resolve(stream.finishReason)).rejects.toThrow()
  })

  test('learns of a model that there is not', async () => {
    const asked = generateText({ model: modelOf('no-such-model'), prompt: 'hi', maxRetries: 0 })
    await expect(asked).rejects.toMatchObject({ statusCode: 404 })
  })
})

// Anthropic's provider asks for structured output in ways of its own, which are for the tests of that dialect.
const OPENAI_CLIENTS = Object.entries(CLIENTS).filter(([name]) => name !== '@ai-sdk/anthropic')

describe.each(OPENAI_CLIENTS)('structured output of %s', (_client, modelOf) => {
  const schema = z.object({ city: z.string(), days: z.number() })

  test.each(['echo', 'mock'])('is what generateObject gives, over %s', async (model) => {
    const { object } = await generateObject({
      model: modelOf(model),
      prompt: JSON_PROMPT,
      schema,
      maxRetries: 0,
    })
    expect(schema.parse(object)).toEqual(object)
  })

  test.each(['echo', 'mock'])('is an object of the schema, over %s', async (model) => {
    const { output } = await generateText({
      model: modelOf(model),
      prompt: JSON_PROMPT,
      output: Output.object({ schema }),
      maxRetries: 0,
    })
    expect(schema.parse(output)).toEqual(output)
  })

  test('reaches the provider as a JSON schema', async () => {
    const request = { prompt: JSON_PROMPT, output: Output.object({ schema }), maxRetries: 0 }
    const { output } = await generateText({ ...request, model: modelOf('mock') })
    expect(output).toEqual({ city: 'Lisbon', days: 2 })
    expect(providers.mock.getRequests().at(-1)?.body).toMatchObject({
      response_format: {
        type: 'json_schema',
        json_schema: { schema: { required: ['city', 'days'] } },
      },
    })
  })
})

test('@ai-sdk/openai embeds with the local encoder', async () => {
  const model = createOpenAI(settings()).embedding('all-MiniLM-L6-v2')
  const values = ['a signal box', 'a chocolate cake']
  const { embeddings, usage } = await embedMany({ model, values, maxRetries: 0 })
  expect(embeddings.map(({ length }) => length)).toEqual([384, 384])
  expect(usage.tokens).toBeGreaterThan(0)
})
