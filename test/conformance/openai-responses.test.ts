// The official client's other doors: responses, its stream helper, legacy completions and embeddings.
import type OpenAI from 'openai'
import { APIError, BadRequestError, NotFoundError } from 'openai'
import { zodTextFormat } from 'openai/helpers/zod'
import type { ResponseInputItem, ResponseStreamEvent } from 'openai/resources/responses/responses'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import { CODE_PROMPT, CODE_ROUTE, collect, weatherFunction } from './contract.ts'
import {
  CHAT_PROMPT,
  CUT_PROMPT,
  CUT_TEXT,
  JSON_PROMPT,
  MOCK_TEXT,
  MODELS,
  type Providers,
  startProviders,
  WEATHER_PROMPT,
} from './providers.ts'

let providers: Providers
let client: OpenAI
beforeAll(async () => {
  providers = await startProviders()
  client = providers.server.client
}, 120_000)
afterAll(() => providers?.stop())

/** The client's types do not take back every kind of item that they give. */
type Input = ResponseInputItem[]

const responseTool = { type: 'function' as const, strict: false, ...weatherFunction }

describe.each(MODELS)('the responses of the openai client over %s', (model) => {
  test('are whole, with text and usage', async () => {
    const response = await client.responses.create({ model, input: CHAT_PROMPT })
    expect(response.status).toBe('completed')
    expect(response.output_text).toEqual(expect.stringMatching(/./))
    expect(response.error).toBeNull()
    const { input_tokens = 0, output_tokens = 0, total_tokens = 0 } = response.usage ?? {}
    expect(input_tokens).toBeGreaterThan(0)
    expect(total_tokens).toBe(input_tokens + output_tokens)
  })

  test('stream the same text that they have whole', async () => {
    const whole = await client.responses.create({ model, input: CHAT_PROMPT })
    const { data, response } = await client.responses
      .create({ model, input: CHAT_PROMPT, stream: true })
      .withResponse()
    expect(response.headers.get('x-router-model')).toBe(model)
    const events: ResponseStreamEvent[] = await collect(data)
    const text = events
      .map((event) => (event.type === 'response.output_text.delta' ? event.delta : ''))
      .join('')
    expect(text).toBe(whole.output_text)
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i))
    expect(events.at(-1)?.type).toBe('response.completed')
  })

  test('come together in the stream helper as they are told at the end', async () => {
    const stream = client.responses.stream({ model, input: CHAT_PROMPT })
    let told: unknown
    stream.on('response.completed', ({ response }) => {
      told = response.output
    })
    const final = await stream.finalResponse()
    expect(final.status).toBe('completed')
    expect(final.output).toMatchObject(told as object)
    expect(final.output_text).toEqual(expect.stringMatching(/./))
  })

  test('call a function, and go on with its result', async () => {
    const choice = { type: 'function' as const, name: 'get_weather' }
    const request = { model, tools: [responseTool], tool_choice: choice }
    const first = await client.responses.create({ ...request, input: WEATHER_PROMPT })
    const call = first.output.find((item) => item.type === 'function_call')
    if (call?.type !== 'function_call') throw new Error('no function call')
    expect(call.name).toBe('get_weather')
    expect(JSON.parse(call.arguments)).toEqual({
      city: expect.any(String),
      days: expect.any(Number),
    })
    const results = first.output
      .filter((item) => item.type === 'function_call')
      .map(({ call_id }) => ({ type: 'function_call_output' as const, call_id, output: 'sunny' }))
    const second = await client.responses.create({
      model,
      tools: [responseTool],
      input: [{ role: 'user', content: WEATHER_PROMPT }, ...(first.output as Input), ...results],
    })
    expect(second.output_text).toEqual(expect.stringMatching(/./))
  })

  test('stream a function call through the helper', async () => {
    const stream = client.responses.stream({
      model,
      input: WEATHER_PROMPT,
      tools: [responseTool],
      tool_choice: 'required',
    })
    const deltas: string[] = []
    stream.on('response.function_call_arguments.delta', ({ delta }) => deltas.push(delta))
    const { output } = await stream.finalResponse()
    const call = output.find((item) => item.type === 'function_call')
    if (call?.type !== 'function_call') throw new Error('no function call')
    expect(deltas.join('').startsWith(call.arguments)).toBe(true)
    expect(JSON.parse(call.arguments)).toMatchObject({ city: expect.any(String) })
  })

  test('take back the items that they gave', async () => {
    const first = await client.responses.create({ model, input: CHAT_PROMPT })
    const [item] = first.output
    if (!item?.id) throw new Error('an item without an id')
    const second = await client.responses.create({
      model,
      instructions: 'Be brief.',
      input: [
        { type: 'item_reference', id: item.id },
        { role: 'user', content: 'Go on.' },
      ],
    })
    expect(second.instructions).toBe('Be brief.')
    expect(second.output_text).toEqual(expect.stringMatching(/./))
  })
})

describe('responses that are', () => {
  // The fake of Anthropic answers no JSON; that its translation is asked for is in test/upstream/anthropic.
  test.each(['echo', 'mock'])('structured are parsed, over %s', async (model) => {
    const schema = z.object({ city: z.string(), days: z.number() })
    const response = await client.responses.parse({
      model,
      input: JSON_PROMPT,
      text: { format: zodTextFormat(schema, 'weather') },
    })
    expect(schema.parse(response.output_parsed)).toEqual(response.output_parsed)
  })

  test('cut short by a limit are incomplete', async () => {
    const request = { model: 'echo', input: CHAT_PROMPT, max_output_tokens: 3 }
    const whole = await client.responses.create(request)
    expect(whole.status).toBe('incomplete')
    expect(whole.incomplete_details?.reason).toBe('max_output_tokens')
    const final = await client.responses.stream(request).finalResponse()
    expect(final.status).toBe('incomplete')
  })

  test('broken off by the provider throw, and are never completed', async () => {
    const types: string[] = []
    let text = ''
    const stream = await client.responses.create({ model: 'mock', input: CUT_PROMPT, stream: true })
    const reading = (async () => {
      for await (const event of stream) {
        types.push(event.type)
        if (event.type === 'response.output_text.delta') text += event.delta
      }
    })()
    const error = await reading.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(APIError)
    expect(error).toMatchObject({ code: 'upstream_interrupted' })
    expect(CUT_TEXT.startsWith(text)).toBe(true)
    expect(text.length).toBeGreaterThan(0)
    expect(types).not.toContain('response.completed')
  })

  test('routed tell the decision', async () => {
    const { response } = await client.responses
      .create({ model: 'auto', input: CODE_PROMPT })
      .withResponse()
    expect(response.headers.get('x-router-route')).toBe(CODE_ROUTE)
  })

  test('that go on with an answer nobody kept are refused by name', async () => {
    const asked = client.responses.create({
      model: 'echo',
      input: 'hi',
      previous_response_id: 'resp_1',
    })
    await expect(asked).rejects.toBeInstanceOf(NotFoundError)
    await expect(asked).rejects.toMatchObject({ param: 'previous_response_id' })
  })
})

describe('what chat passes through reaches the provider untouched:', () => {
  const image = { url: 'data:image/png;base64,AA==', detail: 'low' as const }
  const schema = { type: 'object', properties: {}, additionalProperties: false }
  test.each<[string, Record<string, unknown>]>([
    ['n and logprobs', { n: 2, logprobs: true, top_logprobs: 2 }],
    [
      'parallel tools',
      {
        tools: [{ type: 'function', function: { ...weatherFunction, strict: true } }],
        parallel_tool_calls: false,
      },
    ],
    ['legacy functions', { functions: [weatherFunction], function_call: 'auto' }],
    [
      'a schema',
      {
        response_format: { type: 'json_schema', json_schema: { name: 'x', schema, strict: true } },
      },
    ],
    ['reasoning and unknown fields', { reasoning_effort: 'low', top_k: 20, x_vendor: { a: [1] } }],
  ])('%s', async (_name, fields) => {
    const messages = [
      { role: 'developer' as const, content: 'Be brief.' },
      {
        role: 'user' as const,
        content: [
          { type: 'text' as const, text: CHAT_PROMPT },
          { type: 'image_url' as const, image_url: image },
        ],
      },
    ]
    await client.chat.completions.create({ model: 'mock', messages, ...fields })
    const last = providers.mock.getRequests().at(-1)
    expect(last?.body).toMatchObject({ model: 'mock-1', messages, ...fields })
  })
})

describe.each(MODELS)('the completions of the openai client over %s', (model) => {
  test('are texts, whole and streamed', async () => {
    const request = { model, prompt: CHAT_PROMPT }
    const whole = await client.completions.create(request)
    expect(whole.object).toBe('text_completion')
    expect(whole.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop' })
    expect(whole.usage?.total_tokens).toBeGreaterThan(0)
    const stream = await client.completions.create({
      ...request,
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await collect(stream)
    const text = chunks.map(({ choices }) => choices[0]?.text ?? '').join('')
    expect(text).toBe(whole.choices[0]?.text)
    expect(chunks.at(-1)?.usage?.total_tokens).toBeGreaterThan(0)
  })
})

describe('the embeddings of the openai client', () => {
  const model = 'all-MiniLM-L6-v2'

  test('in base64, which it asks for unasked, are those in numbers', async () => {
    const input = [
      'a signal box by the line',
      'bake a chocolate cake',
      'a signal cabin at the track',
    ]
    const inBase64 = await client.embeddings.create({ model, input })
    const inNumbers = await client.embeddings.create({ model, input, encoding_format: 'float' })
    const vectors = inNumbers.data.map(({ embedding }) => embedding)
    expect(inBase64.data.map(({ embedding }) => embedding)).toEqual(vectors)
    expect(vectors.map(({ length }) => length)).toEqual([384, 384, 384])
    const dot = (a: number[] = [], b: number[] = []) =>
      a.reduce((sum, value, i) => sum + value * (b[i] as number), 0)
    for (const vector of vectors) expect(dot(vector, vector)).toBeCloseTo(1, 4)
    expect(dot(vectors[0], vectors[2])).toBeGreaterThan(dot(vectors[0], vectors[1]) + 0.2)
    expect(inBase64.model).toBe(model)
    expect(inBase64.usage.total_tokens).toBeGreaterThan(6)
  })

  test('read a long text to its end', async () => {
    const filler = 'The train left the station on time and nothing happened. '.repeat(60)
    const { data } = await client.embeddings.create({
      model: 'local',
      input: [filler, `${filler} Quantum chromodynamics binds quarks into hadrons.`],
    })
    const [a = [], b = []] = data.map(({ embedding }) => embedding)
    expect(a).not.toEqual(b)
  })

  test('come from the provider where the model is one of its', async () => {
    const { data } = await client.embeddings.create({ model: 'mock-embedding', input: 'hello' })
    expect(data[0]?.embedding).toEqual([0.25, -0.5, 1])
    const last = providers.mock.getRequests().at(-1)
    expect(last?.body).toMatchObject({
      model: 'text-embedding-3-small',
      embeddingInput: 'hello', // as the mock calls it
    })
    expect(JSON.stringify(last)).not.toContain(providers.apiKey)
  })

  test('are refused where the provider gives none, and not found where there is no such model', async () => {
    const ofClaude = client.embeddings.create({ model: 'claude', input: 'x' })
    await expect(ofClaude).rejects.toBeInstanceOf(BadRequestError)
    await expect(ofClaude).rejects.toMatchObject({ param: 'model' })
    const unknown = client.embeddings.create({ model: 'text-embedding-3-small', input: 'x' })
    await expect(unknown).rejects.toBeInstanceOf(NotFoundError)
  })
})

test('the mock’s answer comes through word for word', async () => {
  const response = await client.responses.create({ model: 'mock', input: CHAT_PROMPT })
  expect(response.output_text).toBe(MOCK_TEXT)
})
