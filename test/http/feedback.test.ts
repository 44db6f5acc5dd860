import { expect, it } from 'vitest'
import { feedbackSchema } from '../../src/http/endpoints/feedback.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { fakeDecision } from '../support/http-fakes.ts'
import { describeHttp, type HttpKind } from '../support/http-matrix.ts'

const path = '/v1/feedback'
const decision_id = fakeDecision().id

const startWithDecision = async (http: HttpKind) => {
  const app = await http.start()
  app.deps.store.decisions = [{ ...fakeDecision(), outcome: 'served', completion: null }]
  return app
}

describeHttp('feedback', (http) => {
  it('stores a vote and says whether it replaced one', async () => {
    const { post, deps } = await startWithDecision(http)
    const vote = {
      decision_id,
      verdict: 'bad',
      correct_route: 'smalltalk',
      score: 0.25,
      comment: 'c',
    }
    const first = await post(path, vote)
    expect(first.status).toBe(201)
    expect(feedbackSchema.parse(await first.json())).toEqual({
      id: deps.store.feedback[0]?.id,
      decision_id,
      verdict: 'bad',
      source: 'explicit',
      replaced: false,
      counts: true,
      why_not: null,
    })
    expect(deps.store.feedback[0]).toMatchObject({
      decisionId: decision_id,
      principal: 'local',
      verdict: 'bad',
      correctRoute: 'smalltalk',
      score: 0.25,
      comment: 'c',
      createdAtMs: deps.now(),
    })
    const second = await post(path, { decision_id, verdict: 'good' })
    expect(feedbackSchema.parse(await second.json()).replaced).toBe(true)
    expect(deps.store.feedback[1]).toMatchObject({ correctRoute: null, score: null, comment: null })
  })

  it('takes a score for a verdict: good from a half on', async () => {
    const { post, deps } = await startWithDecision(http)
    for (const score of [0.5, 0.49]) await post(path, { decision_id, score })
    expect(deps.store.feedback.map(({ verdict, score }) => [verdict, score])).toEqual([
      ['good', 0.5],
      ['bad', 0.49],
    ])
  })

  it.each([
    ['session', { reason: 'session' as const }, /earlier turn/],
    ['pinned', { reason: 'pinned' as const, embedding: null }, /chose the route or the model/],
    ['no_signal', { reason: 'no_signal' as const, embedding: null }, /no word/],
    [
      'forgotten text',
      { embedding: null, routingText: { ...fakeDecision().routingText, text: '' } },
      /Neither the text nor the embedding/,
    ],
  ])(
    'keeps a vote on a decision that teaches nothing, and says so: %s',
    async (_, changes, why) => {
      const { post, deps } = await startWithDecision(http)
      deps.store.decisions = [{ ...fakeDecision(changes), outcome: 'served', completion: null }]
      const response = await post(path, { decision_id, verdict: 'bad', correct_route: 'smalltalk' })
      expect(response.status).toBe(201)
      const told = feedbackSchema.parse(await response.json())
      expect(told.counts).toBe(false)
      expect(told.why_not).toMatch(why)
      expect(deps.store.feedback).toHaveLength(1)
    },
  )

  it('says where votes of its kind have no weight', async () => {
    const { post, deps } = await http.start({
      training: { feedback: { weights: { explicit: 0 } } },
    })
    deps.store.decisions = [{ ...fakeDecision(), outcome: 'served', completion: null }]
    const response = await post(path, { decision_id, verdict: 'good' })
    expect(feedbackSchema.parse(await response.json())).toMatchObject({
      counts: false,
      why_not: expect.stringContaining('training.feedback.weights.explicit'),
    })
  })

  it('takes none as the correct route of a prompt that belongs nowhere', async () => {
    const { post, deps } = await startWithDecision(http)
    const response = await post(path, { decision_id, verdict: 'bad', correct_route: 'none' })
    expect(response.status).toBe(201)
    expect(deps.store.feedback[0]?.correctRoute).toBe('none')
  })

  it('refuses a route that is not configured and suggests the one that was meant', async () => {
    const { post, deps } = await startWithDecision(http)
    const response = await post(path, { decision_id, verdict: 'bad', correct_route: 'smaltalk' })
    expect(response.status).toBe(404)
    const { error } = errorSchema.parse(await response.json())
    expect(error).toMatchObject({ code: 'route_not_found', param: 'correct_route' })
    expect(error.message).toContain('"smalltalk"')
    expect(deps.store.feedback).toEqual([])
  })

  it('answers 404 for a decision that is not stored', async () => {
    const { post } = await startWithDecision(http)
    const response = await post(path, { decision_id: 'other', verdict: 'good' })
    expect(response.status).toBe(404)
    expect(errorSchema.parse(await response.json()).error.code).toBe('decision_not_found')
  })

  it('never answers 201 where the store refused', async () => {
    const { post, deps } = await startWithDecision(http)
    deps.store.isFull = true
    const response = await post(path, { decision_id, verdict: 'good' })
    expect(response.status).toBe(503)
    expect(errorSchema.parse(await response.json()).error.code).toBe('store_unavailable')
  })

  it.each([
    ['an unknown verdict', { decision_id, verdict: 'meh' }, 'verdict'],
    ['neither verdict nor score', { decision_id, correct_route: 'code' }, 'verdict'],
    ['no decision', { verdict: 'good' }, 'decision_id'],
    ['a score above one', { decision_id, verdict: 'good', score: 1.01 }, 'score'],
    [
      'a comment of 2,001 characters',
      { decision_id, verdict: 'good', comment: 'x'.repeat(2_001) },
      'comment',
    ],
    [
      'a principal of its own choosing',
      { decision_id, verdict: 'good', principal: 'admin' },
      'principal',
    ],
  ])('refuses %s', async (_what, body, param) => {
    const { post, deps } = await startWithDecision(http)
    const response = await post(path, body)
    expect(response.status).toBe(400)
    const { error } = errorSchema.parse(await response.json())
    expect(error).toMatchObject({ code: 'invalid_request', param })
    expect(deps.store.feedback).toEqual([])
  })
})
