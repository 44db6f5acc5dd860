import { expect, it } from 'vitest'
import { explainedDecisionSchema } from '../../src/http/endpoints/decision-schemas.ts'
import { feedbackSchema } from '../../src/http/endpoints/feedback.ts'
import { fakeDecision } from '../support/http-fakes.ts'
import { describeHttp } from '../support/http-matrix.ts'

const TEXTS: [string, string][] = [
  ['a family joined by ZWJ', '👨‍👩‍👧‍👦'],
  ['stacked combining marks', `e${'\u0301'.repeat(500)}`],
  ['a lone high surrogate', 'a\ud83d b'],
  ['a lone low surrogate', 'a\udc00'],
  ['NUL', 'a\0b'],
  ['right-to-left overrides', '\u202eevil\u2066'],
  ['the longest ligature', '\ufdfa'.repeat(200)],
  ['special tokens', '[CLS] [SEP] [MASK] <|endoftext|>'],
  ['emoji alone', '🙂🙃'],
  ['nothing', ''],
  ['white space alone', ' \u3000\u2028\u2029\t'],
  ['line breaks and ANSI', '\r\n\u001b[31mred'],
  ['markup', '<script>alert(1)</script>'],
  ['SQL', "'; DROP TABLE decisions; --"],
]

describeHttp('unicode', (http) => {
  it.each(TEXTS)(
    'takes %s on every endpoint and answers well-formed UTF-8',
    async (_what, text) => {
      const { post, request, deps } = await http.start()
      const routingText = { ...fakeDecision().routingText, text }
      deps.pipeline.decision = fakeDecision({ routingText })
      deps.store.decisions = [{ ...deps.pipeline.decision, outcome: 'dry_run', completion: null }]
      const decode = async (response: Response) =>
        JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(await response.arrayBuffer()))

      const messages = [{ role: 'user', content: text }]
      expect((await post('/v1/chat/completions', { model: 'auto', messages })).status).toBe(200)
      expect(deps.pipeline.chatted[0]?.messages).toEqual(messages)

      const routed = await post('/v1/route', { prompt: text })
      // A chat may hold an empty turn, as OpenAI's may; a dry run of nothing is a mistake and is told so.
      if (text.trim() === '') {
        expect(routed.status).toBe(400)
        expect((await decode(routed)).error).toMatchObject({ param: 'prompt' })
      } else {
        expect(routed.status).toBe(200)
        expect(explainedDecisionSchema.parse(await decode(routed)).routing_text).toBe(text)
        expect(deps.pipeline.routed[0]?.messages).toEqual(messages)
      }

      const id = deps.pipeline.decision.id
      const voted = await post('/v1/feedback', { decision_id: id, verdict: 'bad', comment: text })
      expect(voted.status).toBe(201)
      feedbackSchema.parse(await decode(voted))
      expect(deps.store.feedback[0]?.comment).toBe(text.toWellFormed())

      for (const path of ['/v1/decisions', `/v1/decisions/${id}`]) {
        expect((await decode(await request(path))).object).toMatch(/^(list|decision)$/)
      }
      const query = encodeURIComponent(text.toWellFormed())
      for (const path of [
        `/v1/decisions?route=${query}`,
        `/v1/decisions/${query}`,
        `/v1/models/${query}`,
      ]) {
        expect((await request(path)).status).toBeLessThan(500)
      }
      for (const { model } of [{ model: text }, { model: `route:${text}` }]) {
        expect((await post('/v1/chat/completions', { model, messages })).status).toBeLessThan(500)
      }
    },
  )

  it('takes a broken percent encoding in a path', async () => {
    const { request } = await http.start()
    expect((await request('/v1/models/%ff%zz')).status).toBe(404)
    expect((await request('/v1/decisions/%ff')).status).toBe(404)
  })
})
