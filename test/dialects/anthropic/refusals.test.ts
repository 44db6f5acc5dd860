// Ends of Claude's answers that are neither whole nor cut by a limit, as OpenAI's clients are told of them; and its overload.
import { expect, it } from 'vitest'
import { createDialectRig } from '../../support/dialect-rig.ts'

const messages = [{ role: 'user', content: 'How?' }]
const details = { type: 'refusal', category: 'bio', explanation: 'This could do harm.' }

it('a refusal keeps its explanation, whole and streamed', async () => {
  const rig = await createDialectRig()
  const body = { model: 'ant', messages }
  const whole = await rig.ask('/v1/chat/completions', body, {
    json: { id: 'm', content: [], stop_reason: 'refusal', stop_details: details, usage: {} },
  })
  const { message, finish_reason } = whole.json.choices[0]
  expect([message.refusal, finish_reason]).toEqual(['This could do harm.', 'content_filter'])
  const streamed = await rig.ask(
    '/v1/chat/completions',
    { ...body, stream: true },
    {
      sse: [
        { type: 'message_start', message: { id: 'm', model: 'c', usage: {} } },
        { type: 'message_delta', delta: { stop_reason: 'refusal', stop_details: details } },
        { type: 'message_stop' },
      ],
    },
  )
  const refusals = streamed.events.flatMap((event) => event.choices?.[0]?.delta?.refusal ?? [])
  expect(refusals).toEqual(['This could do harm.'])
})

it('a paused turn is not told as a whole answer', async () => {
  const rig = await createDialectRig()
  const content = [{ type: 'text', text: 'Looking' }]
  const told = await rig.ask(
    '/v1/chat/completions',
    { model: 'ant', messages },
    {
      json: { id: 'm', content, stop_reason: 'pause_turn', usage: {} },
    },
  )
  expect(told.json.choices[0].finish_reason).toBe('length')
})

it('an overload keeps its status for Anthropic\u2019s clients', async () => {
  const rig = await createDialectRig({ resilience: { max_attempts: 1 } })
  const error = { type: 'overloaded_error', message: 'Overloaded' }
  const told = await rig.ask(
    '/v1/messages',
    { model: 'ant', max_tokens: 9, messages },
    {
      status: 529,
      json: { type: 'error', error },
    },
  )
  expect([told.status, told.json.error.type]).toEqual([529, 'overloaded_error'])
})
