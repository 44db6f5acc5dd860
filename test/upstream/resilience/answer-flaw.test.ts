// What is wanting in an answer, in the words of each dialect.
import { expect, it } from 'vitest'
import { answerFlaw } from '../../../src/upstream/resilience/answer-flaw.ts'
import { createChatStream } from '../../../src/upstream/stream/chat-stream.ts'
import type { UpstreamReply } from '../../../src/upstream/upstream.ts'

const reply = (body: Record<string, unknown>, dialect?: 'anthropic' | 'responses') =>
  ({ kind: 'json', status: 200, body, usage: null, ...(dialect && { dialect }) }) as UpstreamReply

it.each([
  ['truncated', reply({ choices: [{ finish_reason: 'length' }] })],
  ['refused', reply({ choices: [{ finish_reason: 'content_filter' }] })],
  [undefined, reply({ choices: [{ finish_reason: 'stop' }] })],
  ['truncated', reply({ stop_reason: 'max_tokens' }, 'anthropic')],
  ['refused', reply({ stop_reason: 'refusal' }, 'anthropic')],
  ['truncated', reply({ incomplete_details: { reason: 'max_output_tokens' } }, 'responses')],
  [undefined, reply({ incomplete_details: null }, 'responses')],
])('is %s by the reason of a whole answer', (flaw, answer) => {
  expect(answerFlaw(answer)).toBe(flaw)
})

it('is known of a stream once its choice has finished', () => {
  const answer = createChatStream({
    ...{ isUsageAsked: false, choices: 1, onInvalidEvent: () => undefined },
    names: { id: 'a', model: 'm' },
    price: { input: null, output: null },
  })
  const push = (chunk: object) =>
    answer.push(new TextEncoder().encode(`data: ${JSON.stringify(chunk)}\n\n`))
  push({ choices: [{ index: 0, delta: { content: 'a' }, finish_reason: null }] })
  expect(answer.progress.flaw).toBeUndefined()
  push({ choices: [{ index: 0, delta: {}, finish_reason: 'length' }] })
  expect(answer.progress.flaw).toBe('truncated')
})
