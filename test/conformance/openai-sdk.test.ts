// The official client is the referee: what it makes of our answers, over the demo provider and over an independent mock
// upstream alike. Here stands what holds for both; openai-upstream.test.ts has what only a real provider can do.
import { LLMock } from '@copilotkit/aimock'
import OpenAI, { BadRequestError, NotFoundError } from 'openai'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  CODE_PROMPT,
  CODE_ROUTE,
  callWeather,
  collect,
  MATH_PROMPT,
  MATH_ROUTE,
  receiptOf,
  TOOL_PROMPT,
  textOf,
  user,
  weatherTool,
} from './contract.ts'
import { CALLER_KEY, type ConformanceServer, startServer } from './server.ts'

interface Setup {
  name: string
  start(): Promise<{ server: ConformanceServer; stop(): Promise<void> }>
}

const overEcho: Setup = {
  name: 'the echo provider',
  start: async () => {
    const server = await startServer({ kind: 'echo' })
    return { server, stop: server.close }
  },
}

const overMock: Setup = {
  name: 'an independent mock upstream',
  start: async () => {
    const mock = new LLMock({ port: 0, chunkSize: 8 })
    mock.onMessage(CODE_PROMPT, { content: 'def sort(items):\n    return sorted(items) # ✓ 整列' })
    mock.onMessage(MATH_PROMPT, { content: 'The derivative of sine is cosine.' })
    mock.onMessage(TOOL_PROMPT, {
      toolCalls: [{ name: 'get_weather', arguments: '{"city":"Lisbon","days":2}' }],
    })
    mock.onMessage(/^number \d+$/, (request) => ({
      content: `echo of ${request.messages.at(-1)?.content}`,
    }))
    await mock.start()
    const server = await startServer({ kind: 'openai', base_url: `${mock.url}/v1` })
    const stop = async () => {
      await server.close()
      await mock.stop()
    }
    return { server, stop }
  },
}

describe.each([overEcho, overMock])('the openai client over $name', ({ start }) => {
  let client: OpenAI
  let server: ConformanceServer
  let stop: () => Promise<void> = async () => {}
  beforeAll(async () => {
    ;({ server, stop } = await start())
    client = server.client
  }, 120_000)
  afterAll(() => stop())

  test('gets a whole completion with usage', async () => {
    const answer = await client.chat.completions.create({
      model: 'auto',
      messages: user(CODE_PROMPT),
    })
    expect(answer.object).toBe('chat.completion')
    expect(answer.id).toEqual(expect.stringMatching(/./))
    expect(answer.model).toEqual(expect.stringMatching(/./))
    expect(answer.choices).toHaveLength(1)
    expect(answer.choices[0]).toMatchObject({ index: 0, finish_reason: 'stop' })
    expect(answer.choices[0]?.message.role).toBe('assistant')
    expect(answer.choices[0]?.message.content).toEqual(expect.stringMatching(/./))
    const { prompt_tokens = 0, completion_tokens = 0, total_tokens = 0 } = answer.usage ?? {}
    expect(prompt_tokens).toBeGreaterThan(0)
    expect(completion_tokens).toBeGreaterThan(0)
    expect(total_tokens).toBe(prompt_tokens + completion_tokens)
  })

  test('reads the decision from the headers and fetches its receipt by id', async () => {
    const { data, response, request_id } = await client.chat.completions
      .create({ model: 'auto', messages: user(CODE_PROMPT) })
      .withResponse()
    const header = (name: string) => response.headers.get(`x-router-${name}`)
    expect(header('route')).toBe(CODE_ROUTE)
    expect(header('model')).toBe('large')
    expect(header('reason')).toBe('matched')
    expect(header('attempts')).toBe('1')
    expect(Number(header('index-version'))).toBeGreaterThan(0)
    expect(Number(header('confidence'))).toBeGreaterThan(0.9)
    expect(Number(header('overhead-ms'))).toBeGreaterThan(0)
    expect(request_id).toEqual(expect.stringMatching(/^[0-9a-f-]{36}$/))
    expect(data).toMatchObject({ _request_id: request_id })

    const id = header('decision-id')
    expect(await receiptOf(client, id)).toMatchObject({
      id,
      route: CODE_ROUTE,
      outcome: 'served',
      request_id,
    })
  })

  test('streams the same text that it gets whole, in several chunks with one id', async () => {
    const request = { model: 'auto', messages: user(CODE_PROMPT) }
    const whole = await client.chat.completions.create(request)
    const { data, response } = await client.chat.completions
      .create({ ...request, stream: true })
      .withResponse()
    expect(response.headers.get('x-router-route')).toBe(CODE_ROUTE)
    const chunks = await collect(data)
    expect(textOf(chunks)).toBe(whole.choices[0]?.message.content)
    expect(chunks.length).toBeGreaterThan(3)
    expect(new Set(chunks.map(({ id }) => id)).size).toBe(1)
    expect(new Set(chunks.map(({ object }) => object))).toEqual(new Set(['chat.completion.chunk']))
    expect(chunks[0]?.choices[0]?.delta.role).toBe('assistant')
    const reasons = chunks.flatMap(({ choices }) => choices.map((choice) => choice.finish_reason))
    expect(reasons.filter(Boolean)).toEqual(['stop'])
    expect(chunks.every(({ choices }) => choices.length === 1)).toBe(true)
    expect(chunks.every(({ usage }) => !usage)).toBe(true)
  })

  test('gets usage in one last chunk without choices where it asks for it', async () => {
    const stream = await client.chat.completions.create({
      model: 'auto',
      messages: user(MATH_PROMPT),
      stream: true,
      stream_options: { include_usage: true },
    })
    const chunks = await collect(stream)
    const withUsage = chunks.filter(({ usage }) => usage)
    expect(withUsage).toHaveLength(1)
    expect(chunks.at(-1)).toBe(withUsage[0])
    expect(withUsage[0]?.choices).toEqual([])
    expect(withUsage[0]?.usage?.completion_tokens).toBeGreaterThan(0)
  })

  test('assembles a stream with its helper', async () => {
    const stream = client.chat.completions.stream({
      model: 'auto',
      messages: user(MATH_PROMPT),
      stream_options: { include_usage: true },
    })
    const deltas: string[] = []
    stream.on('content', (delta) => deltas.push(delta))
    const content = await stream.finalContent()
    expect(deltas.join('')).toBe(content)
    expect(content).toEqual(expect.stringMatching(/./))
    const usage = await stream.totalUsage()
    expect(usage.total_tokens).toBe(usage.prompt_tokens + usage.completion_tokens)
    expect((await stream.finalChatCompletion()).choices[0]?.finish_reason).toBe('stop')
  })

  test('gets a tool call whose arguments fit the schema', async () => {
    const answer = await client.chat.completions.create({
      model: 'auto',
      messages: user(TOOL_PROMPT),
      tools: [weatherTool],
      tool_choice: callWeather,
    })
    expect(answer.choices[0]?.finish_reason).toBe('tool_calls')
    const call = answer.choices[0]?.message.tool_calls?.[0]
    expect(call?.id).toEqual(expect.stringMatching(/./))
    if (call?.type !== 'function') throw new Error('no function call')
    expect(call.function.name).toBe('get_weather')
    expect(JSON.parse(call.function.arguments)).toEqual({
      city: expect.any(String),
      days: expect.any(Number),
    })
  })

  test('assembles a streamed tool call with its helper', async () => {
    const stream = client.chat.completions.stream({
      model: 'auto',
      messages: user(TOOL_PROMPT),
      tools: [weatherTool],
      tool_choice: callWeather,
    })
    const names: string[] = []
    stream.on('tool_calls.function.arguments.done', ({ name }) => names.push(name))
    const { choices } = await stream.finalChatCompletion()
    expect(choices[0]?.finish_reason).toBe('tool_calls')
    const call = choices[0]?.message.tool_calls?.[0]
    if (call?.type !== 'function') throw new Error('no function call')
    expect(call.id).toEqual(expect.stringMatching(/./))
    expect(JSON.parse(call.function.arguments)).toMatchObject({ city: expect.any(String) })
    expect(names).toEqual(['get_weather'])
  })

  test.each([
    [`route:${MATH_ROUTE}`, MATH_ROUTE, 'small'],
    ['large', 'general', 'large'],
  ])('pins with the model name %s', async (model, route, served) => {
    const { response } = await client.chat.completions
      .create({ model, messages: user(CODE_PROMPT) })
      .withResponse()
    expect(response.headers.get('x-router-reason')).toBe('pinned')
    expect(response.headers.get('x-router-route')).toBe(route)
    expect(response.headers.get('x-router-model')).toBe(served)
  })

  test('keeps concurrent answers apart', async () => {
    const prompts = Array.from({ length: 12 }, (_, i) => `number ${1000 + i}`)
    const answers = await Promise.all(
      prompts.map(async (prompt) => {
        const stream = await client.chat.completions.create({
          model: 'small',
          messages: user(prompt),
          stream: true,
        })
        return textOf(await collect(stream))
      }),
    )
    answers.forEach((answer, i) => {
      expect(answer.endsWith(prompts[i] as string)).toBe(true)
    })
  })

  test('lists what `model` may be, and retrieves each', async () => {
    const ids = (await collect(client.models.list())).map(({ id }) => id)
    expect(ids).toEqual([
      'auto',
      'route:code',
      'route:math',
      'route:writing',
      'route:general',
      'small',
      'large',
      'all-MiniLM-L6-v2',
    ])
    for (const id of ids) expect(await client.models.retrieve(id)).toMatchObject({ id })
  })

  test('throws NotFoundError for an unknown model, with code and param', async () => {
    const unknown = { status: 404, code: 'model_not_found', param: 'model' }
    const asked = client.chat.completions.create({ model: 'nope', messages: user('hi') })
    const error = await asked.catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(NotFoundError)
    expect(error).toMatchObject({ ...unknown, type: 'invalid_request_error' })
    expect((error as NotFoundError).requestID).toEqual(expect.stringMatching(/./))
    const retrieved = client.models.retrieve('nope')
    await expect(retrieved).rejects.toBeInstanceOf(NotFoundError)
    await expect(retrieved).rejects.toMatchObject(unknown)
  })

  test('throws BadRequestError that names the wrong parameter, also where it asked for a stream', async () => {
    for (const stream of [false, true]) {
      const asked = client.chat.completions.create({
        model: 'auto',
        messages: [{ role: 'user', content: 7 as unknown as string }],
        stream,
      })
      await expect(asked).rejects.toBeInstanceOf(BadRequestError)
      await expect(asked).rejects.toMatchObject({
        code: 'invalid_request',
        param: 'messages[0].content',
      })
    }
  })

  test('throws NotFoundError for an endpoint that we do not have, and does not try again', async () => {
    const requests: string[] = []
    const eager = new OpenAI({
      baseURL: server.baseURL,
      apiKey: CALLER_KEY,
      maxRetries: 2,
      fetch: (url, init) => {
        requests.push(String(url))
        return fetch(url, init)
      },
    })
    const asked = eager.vectorStores.create({ name: 'a signal box' })
    await expect(asked).rejects.toBeInstanceOf(NotFoundError)
    await expect(asked).rejects.toMatchObject({ code: 'not_found' })
    expect(requests).toHaveLength(1)
  })
})
