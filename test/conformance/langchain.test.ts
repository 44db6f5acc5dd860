// LangChain JS as the referee: ChatOpenAI over chat completions and over responses, and its embeddings.
import { HumanMessage, ToolMessage } from '@langchain/core/messages'
import { tool } from '@langchain/core/tools'
import { ChatOpenAI, OpenAIEmbeddings } from '@langchain/openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { collect } from './contract.ts'
import {
  CHAT_PROMPT,
  CUT_PROMPT,
  JSON_PROMPT,
  MODELS,
  type Providers,
  startProviders,
  WEATHER_PROMPT,
} from './providers.ts'

let providers: Providers
beforeAll(async () => {
  providers = await startProviders()
}, 120_000)
afterAll(() => providers?.stop())

const weather = tool(async () => 'sunny', {
  name: 'get_weather',
  description: 'Current weather of a city.',
  schema: z.object({ city: z.string(), days: z.number() }),
})

describe.each([
  ['chat completions', false],
  ['responses', true],
])('ChatOpenAI over %s', (_api, useResponsesApi) => {
  const chatOf = (model: string) =>
    new ChatOpenAI({
      model,
      apiKey: providers.apiKey,
      configuration: { baseURL: providers.baseURL },
      maxRetries: 0,
      useResponsesApi,
    })

  test.each(MODELS)('invokes and streams the same text, over %s', async (model) => {
    const chat = chatOf(model)
    const whole = await chat.invoke(CHAT_PROMPT)
    expect(whole.text).toEqual(expect.stringMatching(/./))
    expect(whole.usage_metadata).toMatchObject({ output_tokens: expect.any(Number) })
    const chunks = await collect(await chat.stream(CHAT_PROMPT))
    expect(chunks.map(({ text }) => text).join('')).toBe(whole.text)
    expect(chunks.length).toBeGreaterThan(2)
  })

  test.each(MODELS)('calls a tool, whole and streamed, over %s', async (model) => {
    const chat = chatOf(model).bindTools([weather], { tool_choice: 'get_weather' })
    const question = new HumanMessage(WEATHER_PROMPT)
    const asked = await chat.invoke([question])
    const call = asked.tool_calls?.find(({ name }) => name === 'get_weather')
    expect(call?.args).toEqual({ city: expect.any(String), days: expect.any(Number) })

    const chunks = await collect(await chat.stream([question]))
    const whole = chunks.reduce((sum, chunk) => sum.concat(chunk))
    const streamed = whole.tool_calls?.find(({ name }) => name === 'get_weather')
    expect(streamed?.args).toEqual(call?.args)

    const results = (asked.tool_calls ?? []).map(
      ({ id = '' }) => new ToolMessage({ content: 'sunny', tool_call_id: id }),
    )
    const answer = await chatOf(model)
      .bindTools([weather])
      .invoke([question, asked, ...results])
    expect(answer.text).toEqual(expect.stringMatching(/./))
  })

  test.each(['echo', 'mock'])('has structured output, over %s', async (model) => {
    const schema = z.object({ city: z.string(), days: z.number() })
    const structured = chatOf(model).withStructuredOutput(schema, {
      name: 'weather',
      method: 'jsonSchema',
    })
    const value = await structured.invoke(JSON_PROMPT)
    expect(schema.parse(value)).toEqual(value)
  })

  test('throws where a stream is cut', async () => {
    const reading = (async () => collect(await chatOf('mock').stream(CUT_PROMPT)))()
    await expect(reading).rejects.toThrow()
  })
})

test('OpenAIEmbeddings has the local encoder’s vectors', async () => {
  const embeddings = new OpenAIEmbeddings({
    model: 'all-MiniLM-L6-v2',
    apiKey: providers.apiKey,
    configuration: { baseURL: providers.baseURL },
    maxRetries: 0,
  })
  const [one, two] = await embeddings.embedDocuments(['a signal box', 'a chocolate cake'])
  expect(one).toHaveLength(384)
  expect(await embeddings.embedQuery('a chocolate cake')).toEqual(two)
})
