// Failures, ends and contents that servers tell in yet other forms than those of answers-read.test.ts.
import { describe, expect, it } from 'vitest'
import { askAll, chunk, question, readChat, stream, whole } from '../../support/answer-forms.ts'
import { createDialectRig } from '../../support/dialect-rig.ts'

const GOOD = whole({ content: 'good' })
const GOOD_STREAM = stream(chunk({ content: 'good' }), chunk({}, 'stop'))

const BARE: Record<string, unknown> = {
  'FastAPI’s list of details': { detail: [{ loc: ['body', 'x'], msg: 'field required' }] },
  'a list of errors': { errors: [{ message: 'gone' }] },
  'success: false': { success: false, result: null, messages: [] },
  'a code and a text of their own': { error_code: 336_100, error_msg: 'gone' },
  'a code in words': { code: 'Throttling.RateQuota', message: 'gone', request_id: 'r' },
  'a status in words': { status: 'error', message: 'gone' },
  'a text for an error': { error: 'gone' },
}

describe('a failure told under status 200', () => {
  it.each(Object.entries(BARE))('as %s fails over before content', async (_, json) => {
    const rig = await createDialectRig()
    const body = { model: 'oai', models: ['oai', 'oai2'], messages: [question] }
    const told = await rig.ask('/v1/chat/completions', body, {
      by: { 'some-model': { json }, other: GOOD },
    })
    expect(readChat(told).text).toBe('good')
    const streamed = await rig.ask(
      '/v1/chat/completions',
      { ...body, stream: true },
      { by: { 'some-model': stream(json), other: GOOD_STREAM } },
    )
    expect(readChat(streamed)).toMatchObject({ text: 'good', error: false })
  })

  it.each(Object.entries(BARE))('as %s is no end of an answer', async (_, json) => {
    for (const read of Object.values(await askAll(stream(chunk({ content: 'half' }), json)))) {
      expect(read.error).toBe(true)
    }
  })

  it('in the message of a choice fails over', async () => {
    const rig = await createDialectRig()
    const failed = whole({ content: '', error: { message: 'gone' } })
    const told = await rig.ask(
      '/v1/chat/completions',
      { model: 'oai', models: ['oai', 'oai2'], messages: [question] },
      { by: { 'some-model': failed, other: GOOD } },
    )
    expect(readChat(told).text).toBe('good')
  })

  it.each(['event: error\ndata: gone\n\n', 'event: error\ndata: {"reason":"gone"}\n\n'])(
    'by the name of its event alone (%j) is one',
    async (event) => {
      for (const read of Object.values(await askAll(stream(chunk({ content: 'half' }), event)))) {
        expect(read.error).toBe(true)
      }
    },
  )

  it.each([
    'engine_error',
    'model_error',
    'UNAVAILABLE',
    'OTHER',
    'MALFORMED_RESPONSE',
    'rate_limit',
  ])('by the reason %s fails over, and ends nothing', async (reason) => {
    const rig = await createDialectRig()
    const told = await rig.ask(
      '/v1/chat/completions',
      { model: 'oai', models: ['oai', 'oai2'], messages: [question] },
      { by: { 'some-model': whole({ content: '' }, reason), other: GOOD } },
    )
    expect(readChat(told).text).toBe('good')
    const half = await askAll(stream(chunk({ content: 'half' }), chunk({}, reason)))
    for (const read of Object.values(half)) expect(read.error).toBe(true)
  })
})

it.each(['max_new_tokens', 'token_limit_reached', 'truncated', 'context_length', 'LENGTH'])(
  'the reason %s means cut off',
  async (reason) => {
    const { chat, messages, responses } = await askAll(whole({ content: 'half' }, reason))
    expect([chat?.end, messages?.end, responses?.end]).toEqual([
      'length',
      'max_tokens',
      'incomplete',
    ])
  },
)

it.each(['prohibited_content', 'IMAGE_SAFETY', 'content-filter', 'refusal'])(
  'the reason %s means filtered',
  async (reason) => {
    const { chat, messages } = await askAll(whole({ content: 'half' }, reason))
    expect([chat?.end, messages?.end]).toEqual(['content_filter', 'refusal'])
  },
)

it.each<[string, unknown]>([
  ['one part', { type: 'text', text: '453 m' }],
  ['a part whose text is an object', [{ type: 'text', text: { value: '453 m', annotations: [] } }]],
  ['a part without a type', [{ text: '453 m' }]],
])('content that is %s is read as text', async (_, content) => {
  const answers = [whole({ content }), stream(chunk({ content }), chunk({}, 'stop'))]
  for (const answer of answers) {
    for (const { text } of Object.values(await askAll(answer))) expect(text).toBe('453 m')
  }
})

it('answers as JSON objects one on each line, or in a list, are read as events', async () => {
  const events = [chunk({ content: '453 ' }), chunk({ content: 'm' }), chunk({}, 'stop')]
  const lines = { json: events.map((event) => `${JSON.stringify(event)}\n`).join('') }
  for (const isStream of [true, false]) {
    for (const answer of [lines, { json: events }]) {
      for (const read of Object.values(await askAll(answer, { stream: isStream }))) {
        expect(read).toMatchObject({ text: '453 m', error: false })
      }
    }
  }
  const part = (text: string, more: object = {}) => ({
    candidates: [{ content: { parts: [{ text }] }, ...more }],
  })
  const rig = await createDialectRig()
  const body = { model: 'gem', messages: [question], stream: true }
  const told = await rig.ask('/v1/chat/completions', body, {
    json: [part('453 '), part('m', { finishReason: 'STOP' })],
  })
  expect(readChat(told)).toMatchObject({ text: '453 m', error: false, end: 'stop' })
})

it('thoughts that stand in their details alone reach a caller who asked for thinking', async () => {
  const details = [{ type: 'reasoning.text', text: 'By sonar.' }]
  const { messages } = await askAll(whole({ content: '453', reasoning_details: details }), {
    thinking: { type: 'enabled', budget_tokens: 50 },
  })
  expect(messages?.thoughts).toBe('By sonar.')
})

it('a whole answer without names, role or reason is completed', async () => {
  const rig = await createDialectRig()
  const json = { choices: [{ message: { content: '453' } }] }
  const body = { model: 'oai', messages: [question] }
  const told = await rig.ask('/v1/chat/completions', body, { json })
  expect(told.json).toMatchObject({
    object: 'chat.completion',
    choices: [{ index: 0, message: { role: 'assistant', content: '453' }, finish_reason: 'stop' }],
  })
})
