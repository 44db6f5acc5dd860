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
  /** Given meanwhile. */
  const votes: FeedbackWithDecision[] = []
  /** Where each page of votes that was read began. */
  const pages: number[] = []
  const accounts = createExemplarAccounts({
    config: {
      training: { feedback: { weights: { explicit: 1, review: 3, import: 1, implicit: 0.2 } } },
    } as never,
    store: {
      votesStamp: async () => `${feedback.length} and ${votes.length}`,
      listVotesOnNeighbours: async ({ after, limit }) => {
        pages.push(after)
        const all = [...feedback, ...votes]
        const end = after + limit
        return { votes: all.slice(after, end), next: end < all.length ? end : null }
      },
      listRulings: async () => rulings,
      addRuling: async (ruling) => void rulings.push(ruling),
    },
    newId: () => `r${rulings.length}`,
    now: () => 1,
  })
  return { accounts, rulings, votes, pages }
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

it('reads votes by pages, once until there is another vote', async () => {
  const { accounts, votes, pages } = open()
  votes.push(...Array.from({ length: 300 }, (_, n) => vote(1_000 + n, 'bad', 'ex_bad')))
  const [first, again] = await Promise.all([accounts.list(1), accounts.list(1)])
  expect(first).toEqual(again)
  expect(first[0]).toMatchObject({ exemplarId: 'ex_bad', blame: 312 })
  expect(await accounts.list(1)).toEqual(first)
  expect(pages).toEqual([0, 200])
  votes.push(vote(2_000, 'bad', 'ex_bad'))
  expect((await accounts.list(1))[0]).toMatchObject({ exemplarId: 'ex_bad', blame: 313 })
  expect(pages).toEqual([0, 200, 0, 200])
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
