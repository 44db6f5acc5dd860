// Open Responses: the kinds of request that its suite makes, with requests of our own, each answer and each event held against
// the demands of its document.
import { Ajv2020 } from 'ajv/dist/2020.js'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { JsonObject } from '../../src/dialects/json.ts'
import { readEvents } from '../support/sse.ts'
import { weatherFunction } from './contract.ts'
import { EVENT, RESPONSE } from './open-responses-schema.ts'
import { CHAT_PROMPT, MODELS, type Providers, startProviders, WEATHER_PROMPT } from './providers.ts'

const ajv = new Ajv2020({ allErrors: true, strict: false })
const isResponse = ajv.compile(RESPONSE)
const isEvent = ajv.compile(EVENT)

let providers: Providers
beforeAll(async () => {
  providers = await startProviders()
}, 120_000)
afterAll(() => providers?.stop())

const post = async (body: object): Promise<Response> =>
  fetch(`${providers.baseURL}/responses`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  })

const whole = async (body: object): Promise<JsonObject> => {
  const response = await post(body)
  const told = (await response.json()) as JsonObject
  expect([response.status, told.error]).toEqual([200, null])
  expect([isResponse(told), isResponse.errors]).toEqual([true, null])
  return told
}

const streamed = async (body: object): Promise<JsonObject[]> => {
  const text = await (await post({ ...body, stream: true })).text()
  expect(text.endsWith('data: [DONE]\n\n')).toBe(true)
  const events = readEvents(text).slice(0, -1)
  for (const { event, data } of events) {
    expect([event, isEvent(data), isEvent.errors]).toEqual([data.type, true, null])
  }
  return events.map(({ data }) => data)
}

const said = (role: string, content: unknown) => ({ type: 'message', role, content })
const tools = [{ type: 'function', ...weatherFunction }]
const DOT =
  'data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=='

const TEXTS: Record<string, JsonObject> = {
  'a text': { input: [said('user', CHAT_PROMPT)] },
  'a system prompt': { input: [said('system', 'Speak plainly.'), said('user', CHAT_PROMPT)] },
  'an image': {
    input: [
      said('user', [
        { type: 'input_text', text: CHAT_PROMPT },
        { type: 'input_image', image_url: DOT },
      ]),
    ],
  },
  'a conversation': {
    input: [
      said('user', 'There are twelve levers.'),
      said('assistant', 'Noted: twelve.'),
      said('user', CHAT_PROMPT),
    ],
  },
  'every parameter': {
    input: CHAT_PROMPT,
    instructions: 'Be brief.',
    temperature: 0.3,
    top_p: 0.8,
    max_output_tokens: 400,
    metadata: { ticket: '7' },
    text: { format: { type: 'text' } },
    tools,
    user: 'u-1',
  },
}

describe.each(MODELS)('an answer of %s', (model) => {
  test.each(Object.entries(TEXTS))('to %s is whole', async (_kind, body) => {
    const told = await whole({ model, ...body })
    expect([told.status, told.completed_at]).toEqual(['completed', expect.any(Number)])
    expect(told.output).not.toEqual([])
  })

  test('in pieces ends with the whole of it', async () => {
    const events = await streamed({ model, input: [said('user', CHAT_PROMPT)] })
    const [first, last] = [events[0], events.at(-1)]
    expect([first?.type, last?.type]).toEqual(['response.created', 'response.completed'])
    expect(last?.response).toMatchObject({ status: 'completed' })
  })

  // The demo provider calls tools that it must call.
  const asked = {
    model,
    tools,
    input: [said('user', WEATHER_PROMPT)],
    ...(model === 'echo' && { tool_choice: 'required' }),
  }

  test('calls a tool', async () => {
    const { output } = await whole(asked)
    expect(output).toContainEqual(
      expect.objectContaining({ type: 'function_call', name: 'get_weather' }),
    )
  })

  test('calls a tool in pieces', async () => {
    const types = (await streamed(asked)).map(({ type, item }) =>
      type === 'response.output_item.added' || type === 'response.output_item.done'
        ? `${type} ${(item as JsonObject).type}`
        : type,
    )
    expect(types).toEqual(
      expect.arrayContaining([
        'response.output_item.added function_call',
        'response.function_call_arguments.delta',
        'response.function_call_arguments.done',
        'response.output_item.done function_call',
      ]),
    )
  })
})

test('what is no answer is none', () => {
  expect([isResponse({ id: 'x' }), isEvent({ type: 'response.unheard_of' })]).toEqual([
    false,
    false,
  ])
})
