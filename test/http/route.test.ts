import { expect, it } from 'vitest'
import { explainedDecisionSchema } from '../../src/http/endpoints/decision-schemas.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { fakeClassification, fakeDecision } from '../support/http-fakes.ts'
import { describeHttp } from '../support/http-matrix.ts'

const path = '/v1/route'

describeHttp('the dry run', (http) => {
  it('tells the whole decision, neighbours with their text', async () => {
    const { post, deps } = await http.start()
    const response = await post(path, { prompt: 'Fix my loop' }, { 'x-session-id': 's-1' })
    expect(response.status).toBe(200)
    const body = await response.json()
    expect(explainedDecisionSchema.parse(body)).toEqual({
      object: 'decision',
      id: '0198c0de-0000-7000-8000-000000000001',
      request_id: 'id-1',
      created_at: '2026-01-02T03:04:05.678Z',
      requested_model: 'auto',
      session_id: 's-1',
      route: 'code',
      model: 'vendor/large:free',
      reason: 'matched',
      degraded_by: null,
      confidence: 0.91234567,
      margin: 0.8,
      threshold: 0.5,
      scores: fakeDecision().scores,
      neighbours: [
        {
          exemplar_id: 'ex-1',
          route: 'code',
          similarity: 0.93,
          text: 'Debug this',
          source: 'seed',
        },
        { exemplar_id: 'gone', route: 'smalltalk', similarity: 0.4, text: null, source: null },
      ],
      routing_text: 'Fix my loop',
      truncated: false,
      flags: [],
      inherited: null,
      selection: null,
      index_generation: 42,
      arm: null,
      encoder_id: 'hash/2',
      config_version: 'c0ffee',
      timings: {
        routing_text_ms: 0.1,
        embed_ms: 2,
        search_ms: 0.2,
        score_ms: 0.05,
        total_ms: 2.35,
      },
      explanation: null,
    })
    expect(response.headers.get('x-router-route')).toBe('code')
    expect(response.headers.get('x-router-attempts')).toBe('0')
    expect(deps.pipeline.routed[0]).toMatchObject({ model: 'auto', sessionId: 's-1' })
    expect(deps.pipeline.chatted).toEqual([])
  })

  it('shows a degraded decision as one, with what was skipped left out', async () => {
    const { post, deps } = await http.start()
    deps.pipeline.decision = fakeDecision({
      reason: 'degraded',
      degradedBy: 'encoder_timeout',
      confidence: null,
      margin: null,
      threshold: null,
      scores: [],
      neighbours: [],
      indexGeneration: null,
      encoderId: null,
      timings: { totalMs: 250 },
    })
    const body = explainedDecisionSchema.parse(await (await post(path, { input: 'x' })).json())
    expect(body).toMatchObject({ reason: 'degraded', degraded_by: 'encoder_timeout' })
    expect(body.timings).toEqual({ total_ms: 250 })
  })

  it('explains a decision by what each part of the classifier said', async () => {
    const { post, deps } = await http.start()
    deps.pipeline.decision = fakeDecision({
      ...{ reason: 'below_threshold', threshold: 0.95 },
      classification: fakeClassification(),
    })
    const body = await (await post(path, { prompt: 'Fix my loop' })).json()
    expect(explainedDecisionSchema.parse(body).explanation).toEqual({
      parts: [
        {
          part: 'head',
          weight: 1,
          scores: [
            { route: 'code', score: 0.75 },
            { route: 'smalltalk', score: 0.25 },
          ],
          without_it: 'smalltalk',
        },
        {
          part: 'neighbours',
          weight: 0.5,
          scores: [
            { route: 'smalltalk', score: 0.625 },
            { route: 'code', score: 0.375 },
          ],
          without_it: 'code',
        },
        {
          part: 'centroids',
          weight: 0,
          scores: [
            { route: 'code', score: 0.5 },
            { route: 'smalltalk', score: 0.5 },
          ],
          without_it: 'code',
        },
      ],
      twin_share: 0,
      novelty: -1.5,
      novelty_limit: 4,
      runner_up: { route: 'smalltalk', score: 0.25, odds_behind: 3 },
      what_if: [
        'code would have been taken with more confidence: it had 80.0 %, below its threshold of 95.0 %.',
        'smalltalk would have won had it been 3.0 times as likely.',
        'Without the trained head smalltalk would have been ahead.',
      ],
    })
  })

  it('shows no novelty limit where there is none, and no runner-up where there is one route', async () => {
    const { post, deps } = await http.start()
    deps.pipeline.decision = fakeDecision({
      classification: fakeClassification({
        noveltyLimit: Number.POSITIVE_INFINITY,
        scores: [{ route: 'code', score: 1 }],
      }),
    })
    const body = await (await post(path, { prompt: 'Fix my loop' })).json()
    expect(explainedDecisionSchema.parse(body).explanation).toMatchObject({
      novelty_limit: null,
      runner_up: null,
    })
  })

  it('takes a conversation, a prompt or an input, and a model', async () => {
    const { post, deps } = await http.start()
    const messages = [{ role: 'user', content: 'a' }]
    await post(path, { messages, model: 'route:code' })
    await post(path, { prompt: 'b' })
    await post(path, { input: 'c', model: 'small' })
    expect(deps.pipeline.routed.map(({ model, messages }) => [model, messages])).toEqual([
      ['route:code', messages],
      ['auto', [{ role: 'user', content: 'b' }]],
      ['small', [{ role: 'user', content: 'c' }]],
    ])
  })

  it.each([
    ['nothing to route', {}],
    ['two things to route', { prompt: 'a', input: 'b' }],
    ['empty messages', { messages: [] }],
    ['an unknown field', { prompt: 'a', promt: 'b' }],
    ['a prompt that is a list', { prompt: ['a'] }],
  ])('refuses %s', async (_what, body) => {
    const { post, deps } = await http.start()
    const response = await post(path, body)
    expect(response.status).toBe(400)
    expect(errorSchema.parse(await response.json()).error.code).toBe('invalid_request')
    expect(deps.pipeline.routed).toEqual([])
  })

  it('answers 404 to a model that is not configured', async () => {
    const { post } = await http.start()
    const response = await post(path, { prompt: 'a', model: 'nope' })
    expect(response.status).toBe(404)
    expect(errorSchema.parse(await response.json()).error).toMatchObject({
      code: 'model_not_found',
      param: 'model',
    })
  })
})
