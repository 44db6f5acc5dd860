import { expect, it } from 'vitest'
import { decisionSchema, errorSchema } from '../../src/http/response-schemas.ts'
import { fakeDecision } from '../support/http-fakes.ts'
import { describeHttp } from '../support/http-matrix.ts'

const path = '/v1/route'

describeHttp('the dry run', (http) => {
  it('tells the whole decision, neighbours with their text', async () => {
    const { post, deps } = await http.start()
    const response = await post(path, { prompt: 'Fix my loop' }, { 'x-session-id': 's-1' })
    expect(response.status).toBe(200)
    const body = await response.json()
    expect(decisionSchema.parse(body)).toEqual({
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
      index_generation: 42,
      encoder_id: 'hash/2',
      config_version: 'c0ffee',
      timings: {
        routing_text_ms: 0.1,
        embed_ms: 2,
        search_ms: 0.2,
        score_ms: 0.05,
        total_ms: 2.35,
      },
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
    const body = decisionSchema.parse(await (await post(path, { input: 'x' })).json())
    expect(body).toMatchObject({ reason: 'degraded', degraded_by: 'encoder_timeout' })
    expect(body.timings).toEqual({ total_ms: 250 })
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
