import { expect, it } from 'vitest'
import type { FeedbackWithDecision } from '../../../src/core/records/feedback.ts'
import type { Ruling } from '../../../src/core/records/ruling.ts'
import { createExemplarAccounts } from '../../../src/training/candidates/exemplar-accounts.ts'

const vote = (n: number, verdict: 'good' | 'bad', exemplarId: string): FeedbackWithDecision => ({
  ...{ id: `f${n}`, decisionId: `d${n}`, principal: `key-${n}`, verdict, score: null },
  ...{ correctRoute: verdict === 'bad' ? 'math' : null, comment: null, source: 'explicit' },
  ...{ implicitKind: null, createdAtMs: n, text: 'x', embedding: null, encoderId: null },
  ...{ route: 'code', reason: 'matched', confidence: 0.9, indexGeneration: 1, arm: 'serving' },
  ...{ decidedAtMs: n, neighbours: [{ exemplarId, route: 'code', similarity: 0.9 }] },
})

const feedback = [
  ...Array.from({ length: 20 }, (_, n) => vote(n, 'good', 'ex_good')),
  ...Array.from({ length: 12 }, (_, n) => vote(100 + n, 'bad', 'ex_bad')),
]

const open = () => {
  const rulings: Ruling[] = []
  const accounts = createExemplarAccounts({
    config: {
      training: { feedback: { weights: { explicit: 1, review: 3, import: 1, implicit: 0.2 } } },
    } as never,
    store: {
      listFeedback: async () => feedback,
      listRulings: async () => rulings,
      addRuling: async (ruling) => void rulings.push(ruling),
    },
    newId: () => `r${rulings.length}`,
    now: () => 1,
  })
  return { accounts, rulings }
}

it('lists the likeliest to do harm first, with what was ruled', async () => {
  const { accounts } = open()
  await accounts.rule({ exemplarId: 'ex_bad', action: 'release', author: 'ana', note: 'fine' })
  const [first, second] = await accounts.list(10)
  expect(first).toMatchObject({
    exemplarId: 'ex_bad',
    blame: 12,
    ruling: { action: 'release', author: 'ana', note: 'fine' },
  })
  expect(second).toMatchObject({ exemplarId: 'ex_good', credit: 20, ruling: null })
})

it('shows what was ruled on without a vote', async () => {
  const { accounts } = open()
  await accounts.rule({ exemplarId: 'ex_other', action: 'quarantine', author: 'ana', note: null })
  expect((await accounts.list(1))[0]).toMatchObject({
    exemplarId: 'ex_other',
    ruling: { action: 'quarantine' },
  })
})

it('refuses what cannot be an exemplar id', async () => {
  const { accounts, rulings } = open()
  const wish = { exemplarId: '../x', action: 'release', author: 'ana', note: null } as const
  await expect(accounts.rule(wish)).rejects.toMatchObject({ code: 'invalid_request' })
  expect(rulings).toEqual([])
})
