import { expect, it } from 'vitest'
import { LOCAL_PRINCIPAL } from '../../src/core/decide/gateway-key.ts'
import type { Feedback } from '../../src/core/records/feedback.ts'
import type { StoredDecision } from '../../src/core/records/stored-decision.ts'
import { decisionExplanationSchema } from '../../src/http/endpoints/explain-schemas.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import type { Receipt } from '../../src/receipts/receipt.ts'
import { fakeDecision } from '../support/http-fakes.ts'
import { describeHttp, type HttpKind } from '../support/http-matrix.ts'

const decision: StoredDecision = {
  ...fakeDecision(),
  principal: 'k1',
  outcome: 'dry_run',
  completion: null,
  skipped: [{ model: 'small', constraint: 'tools', message: 'has no tools' }],
}

const voteBy = (principal: string): Feedback => ({
  id: `vote-${principal}`,
  decisionId: decision.id,
  principal,
  verdict: 'bad',
  correctRoute: 'smalltalk',
  score: null,
  comment: 'no',
  source: 'explicit',
  implicitKind: null,
  createdAtMs: Date.UTC(2026, 0, 3),
})

const receipt: Receipt = {
  verdict: 'differs',
  reasons: ['Somebody changed it.'],
  notes: ['The caller pinned this.'],
  differences: [
    { field: 'confidence', stored: 0.9, remade: 0.8 },
    { field: 'neighbours.1', stored: 'gone (smalltalk)', remade: null },
  ],
  decision,
  remade: {
    route: 'code',
    model: 'small',
    reason: 'matched',
    confidence: 0.8,
    margin: 0.1,
    threshold: null,
    scores: [{ route: 'code', score: 1 }],
  },
  explanation: null,
  exemplars: [
    {
      exemplarId: 'ex-1',
      route: 'code',
      similarity: 0.93,
      text: 'As it was then',
      source: 'seed',
      isFor: true,
    },
  ],
  votes: [voteBy('k1'), voteBy('k2')],
}

const start = async (http: HttpKind, principal: Partial<typeof LOCAL_PRINCIPAL>) => {
  const app = await http.start()
  const asked: string[] = []
  app.deps.store.decisions = [decision]
  app.deps.access.authenticate = async () => ({ ...LOCAL_PRINCIPAL, ...principal })
  app.deps.explainDecision = async (id) => {
    asked.push(id)
    return receipt
  }
  const explain = () => app.request(`/v1/decisions/${decision.id}/explain`)
  return { ...app, explain, asked }
}

describeHttp('explain', (http) => {
  it('shows what was recorded, what comes out now, and how they differ', async () => {
    const { explain } = await start(http, {})
    const response = await explain()
    expect(response.status).toBe(200)
    const body = decisionExplanationSchema.parse(await response.json())
    expect(body).toMatchObject({
      object: 'decision.explanation',
      id: decision.id,
      verdict: 'differs',
      reasons: receipt.reasons,
      notes: receipt.notes,
      differences: receipt.differences,
      remade: { confidence: 0.8, threshold: null },
      skipped: decision.skipped,
      feedback: [
        { principal: 'k1', correct_route: 'smalltalk', created_at: '2026-01-03T00:00:00.000Z' },
        { principal: 'k2' },
      ],
    })
  })

  it('names exemplars with the texts that they had in the generation that decided', async () => {
    const { explain } = await start(http, {})
    const { neighbours } = decisionExplanationSchema.parse(await (await explain()).json()).decision
    expect(neighbours.map(({ text }) => text)).toEqual(['As it was then', null])
  })

  it('shows a key its own decision with its own votes alone', async () => {
    const { explain } = await start(http, { id: 'k1', roles: ['inference'] })
    const { feedback } = decisionExplanationSchema.parse(await (await explain()).json())
    expect(feedback.map(({ principal }) => principal)).toEqual(['k1'])
  })

  it("does not work on another key's decision, nor tell that there is one", async () => {
    const { explain, asked } = await start(http, { id: 'k2', roles: ['inference'] })
    const response = await explain()
    expect(response.status).toBe(404)
    expect(errorSchema.parse(await response.json()).error.code).toBe('decision_not_found')
    expect(asked).toEqual([])
  })
})
