// An answer that is a refusal, whole or before any content of a stream: the models that are configured for refusals are
// asked, where there are any.
import { describe, expect, it } from 'vitest'
import { createDialectRig, type Spec } from '../../support/dialect-rig.ts'

const REFUSED: Spec = {
  json: {
    id: 'msg_1',
    type: 'message',
    role: 'assistant',
    model: 'claude-x',
    content: [],
    stop_reason: 'refusal',
    stop_details: { type: 'refusal', explanation: 'Not this.' },
    usage: { input_tokens: 3, output_tokens: 1 },
  },
}
const finished = (content: string, reason: string): Spec => ({
  json: {
    choices: [{ index: 0, message: { role: 'assistant', content }, finish_reason: reason }],
    usage: { prompt_tokens: 3, completion_tokens: 1 },
  },
})
const CHAIN = {
  resilience: { breaker_failures: 1000, fallbacks: { content_policy: ['oai2'] } },
}
const messages = [{ role: 'user', content: 'hello' }]

describe('a refusal', () => {
  it.each([
    ['ant', REFUSED],
    ['oai', finished('', 'content_filter')],
  ])('of %s is answered by the model that is configured for it', async (model, refused) => {
    const rig = await createDialectRig(CHAIN)
    const answers = { by: { 'other-model': finished('fine', 'stop'), other: refused } }
    const told = await rig.ask('/v1/chat/completions', { model, messages }, answers)
    expect(told.json.choices[0].message.content).toBe('fine')
    expect([told.sent.length, told.headers.get('x-router-model')]).toEqual([2, 'oai2'])
  })

  it('is told where no model is configured for it, or none of them answers', async () => {
    for (const changes of [{}, CHAIN]) {
      const rig = await createDialectRig(changes)
      const answers = { by: { 'other-model': { status: 400, json: {} }, other: REFUSED } }
      const { json, status } = await rig.ask(
        '/v1/chat/completions',
        { model: 'ant', messages },
        answers,
      )
      expect([status, json.choices[0].finish_reason]).toEqual([200, 'content_filter'])
      expect(json.choices[0].message.refusal).toBe('Not this.')
    }
  })
})

describe('a stream that begins with a refusal', () => {
  const events = (...all: object[]): Spec => ({ sse: [...all, '[DONE]'] })
  const chunk = (delta: object, finish: string | null = null) => ({
    id: 'c1',
    choices: [{ index: 0, delta, finish_reason: finish }],
  })
  const start = { type: 'message_start', message: { id: 'm', model: 'claude-x', usage: {} } }
  const declined = {
    type: 'message_delta',
    delta: { stop_reason: 'refusal', stop_details: { explanation: 'Not this.' } },
    usage: { output_tokens: 1 },
  }
  const ANTHROPIC: Spec = { sse: [start, declined, { type: 'message_stop' }] }
  const FINE = events(chunk({ content: 'fine' }), chunk({}, 'stop'))
  const RESPONSE: Spec = {
    sse: [
      { type: 'response.created', response: { id: 'r', output: [] } },
      { type: 'response.refusal.delta', delta: 'Not this.' },
      { type: 'response.completed', response: { id: 'r', status: 'completed', output: [] } },
    ],
  }
  const chat = { path: '/v1/chat/completions', body: { messages } }
  const message = { path: '/v1/messages', body: { messages, max_tokens: 50 } }
  const response = { path: '/v1/responses', body: { input: 'hello' } }

  it.each<[string, string, typeof chat | typeof message | typeof response, Spec]>([
    [
      'by its reason alone',
      'oai',
      chat,
      events(chunk({ role: 'assistant' }), chunk({}, 'content_filter')),
    ],
    [
      'in its own words',
      'oai',
      chat,
      events(chunk({ refusal: 'Not' }), chunk({ refusal: ' this.' }), chunk({}, 'stop')),
    ],
    [
      'as a part',
      'oai',
      chat,
      events(chunk({ content: [{ type: 'refusal', refusal: 'No.' }] }), chunk({}, 'stop')),
    ],
    ['of Anthropic’s', 'ant', chat, ANTHROPIC],
    ['of Anthropic’s, natively', 'ant', message, ANTHROPIC],
    ['of the Responses API, natively', 'openai', response, RESPONSE],
  ])('%s is answered by the model that is configured for it', async (_, model, door, refused) => {
    const rig = await createDialectRig(CHAIN)
    const answers = { by: { 'other-model': FINE, other: refused } }
    const told = await rig.ask(door.path, { model, stream: true, ...door.body }, answers)
    expect([told.sent.length, told.headers.get('x-router-model')]).toEqual([2, 'oai2'])
    expect(told.text).toContain('fine')
    expect(told.text).not.toContain('Not this')
    expect(told.isClean).toBe(true)
  })

  it('is told whole where none of them answers', async () => {
    for (const changes of [{}, CHAIN]) {
      const rig = await createDialectRig(changes)
      const answers = { by: { 'other-model': { status: 400, json: {} }, other: ANTHROPIC } }
      const body = { model: 'ant', messages, stream: true }
      const { events: told, isClean } = await rig.ask(chat.path, body, answers)
      expect(isClean).toBe(true)
      expect(told.map((event) => event.choices?.[0]?.delta?.refusal ?? '').join('')).toBe(
        'Not this.',
      )
    }
  })

  it('after content stays the answer', async () => {
    const rig = await createDialectRig(CHAIN)
    const half = events(chunk({ content: 'half' }), chunk({}, 'content_filter'))
    const body = { model: 'oai', messages, stream: true }
    const told = await rig.ask(chat.path, body, { by: { 'other-model': FINE, other: half } })
    expect([told.sent.length, told.headers.get('x-router-model')]).toEqual([1, 'oai'])
  })
})

it('a whole answer that refuses in words of its own is one, too', async () => {
  const rig = await createDialectRig(CHAIN)
  const message = { role: 'assistant', content: null, refusal: 'Not this.' }
  const refused: Spec = { json: { choices: [{ index: 0, message, finish_reason: 'stop' }] } }
  const answers = { by: { 'other-model': finished('fine', 'stop'), other: refused } }
  const told = await rig.ask('/v1/chat/completions', { model: 'oai', messages }, answers)
  expect(told.headers.get('x-router-model')).toBe('oai2')
})
