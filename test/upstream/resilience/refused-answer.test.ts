// A whole answer that is a refusal: the models that are configured for refusals are asked, where there are any.
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
