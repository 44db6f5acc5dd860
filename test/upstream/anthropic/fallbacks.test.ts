// Anthropic's own `fallbacks`: they pass as they came, and the model that has answered is the one that is paid.
import { describe, expect, it } from 'vitest'
import { createDialectRig, type Spec } from '../../support/dialect-rig.ts'

const MODELS = {
  models: {
    cheaper: {
      provider: 'ant',
      name: 'claude-cheaper',
      input_usd_per_million: 0.5,
      output_usd_per_million: 0.25,
    },
  },
}
const messages = [{ role: 'user', content: 'Which lock is this?' }]
const body = { model: 'ant', max_tokens: 90, messages, fallbacks: [{ model: 'claude-cheaper' }] }
const counts = { input_tokens: 1_000, output_tokens: 100 }
const iterations = (model: string) => [
  { type: 'message', model: 'claude-x', input_tokens: 1_000, output_tokens: 1 },
  { type: 'fallback_message', model, ...counts },
]
const content = [{ type: 'text', text: 'A wafer lock.' }]
const whole = (usage: object): Spec => ({
  json: { id: 'm', type: 'message', role: 'assistant', model: 'claude-cheaper', content, usage },
})
const streamed = (usage: object): Spec => ({
  sse: [
    { type: 'message_start', message: { id: 'm', model: 'claude-x', usage: { input_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: 'A wafer lock.' } },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: 'end_turn' }, usage },
    { type: 'message_stop' },
  ],
})
const CHEAPER = (1_000 * 0.5 + 100 * 0.25) / 1e6
const ASKED = (1_000 * 1 + 100 * 2) / 1e6

describe('an answer by a fallback', () => {
  it.each([
    ['whole', false, whole],
    ['streamed', true, streamed],
  ])('%s, is priced as the model that answered', async (_, stream, form) => {
    const rig = await createDialectRig(MODELS)
    const answer = form({ ...counts, iterations: iterations('claude-cheaper') })
    const native = await rig.ask('/v1/messages', { ...body, stream }, answer)
    expect(native.sent[0].fallbacks).toEqual(body.fallbacks)
    expect(native.completion?.costUsd).toBeCloseTo(CHEAPER, 12)
    const usage = stream
      ? native.events.find(({ type }) => type === 'message_delta').usage
      : native.json.usage
    expect(usage.cost).toBeCloseTo(CHEAPER, 12)
    const chat = { model: 'ant', messages, fallbacks: body.fallbacks, stream }
    const translated = await rig.ask('/v1/chat/completions', chat, answer)
    expect(translated.completion?.costUsd).toBeCloseTo(CHEAPER, 12)
  })

  it('by a model that is not configured costs nobody knows what', async () => {
    const rig = await createDialectRig(MODELS)
    const answer = whole({ ...counts, iterations: iterations('claude-unheard-of') })
    expect((await rig.ask('/v1/messages', body, answer)).completion?.costUsd).toBeNull()
  })

  it('that was not needed is priced as asked, with the compaction beside it', async () => {
    const rig = await createDialectRig(MODELS)
    const own = { type: 'message', model: 'claude-x', ...counts }
    const plain = whole({ ...counts, iterations: [own] })
    expect((await rig.ask('/v1/messages', body, plain)).completion?.costUsd).toBeCloseTo(ASKED, 12)
    const compaction = { type: 'compaction', input_tokens: 500, output_tokens: 50 }
    const longer = whole({ ...counts, iterations: [compaction, own] })
    const { completion } = await rig.ask('/v1/messages', body, longer)
    expect(completion?.costUsd).toBeCloseTo((1_500 * 1 + 150 * 2) / 1e6, 12)
  })
})
