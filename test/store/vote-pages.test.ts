// Votes by pages, as the accounts of exemplars read them, and the stamp that says whether there is anything new to read.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { VotePage } from '../../src/store/store.ts'
import { decisionOf, feedbackOf, idOf, openStoreHere, temporaryFolder } from './fixtures.ts'

const voteOn = (n: number) => feedbackOf(n, { decisionId: idOf(n) })

const openVoted = async (votes: number) => {
  const store = await openStoreHere({ file: join(temporaryFolder(), 'signalbox.db') })
  for (let n = 1; n <= votes; n++) {
    store.recordDecision(decisionOf(n, { sessionId: `session-${n}` }), 'pending')
    await store.addFeedback(voteOn(n))
  }
  return store
}

it('gives each vote once, with what its decision was made by', async () => {
  const store = await openVoted(5)
  const pages: VotePage[] = []
  for (let after: number | null = 0; after !== null; ) {
    const page: VotePage = await store.listVotesOnNeighbours({ after, limit: 2 })
    pages.push(page)
    after = page.next
  }
  expect(pages.map(({ votes }) => votes.length)).toEqual([2, 2, 1])
  const { principal, verdict, correctRoute, source } = voteOn(3)
  const { route, reason, neighbours } = decisionOf(3)
  expect(pages[1]?.votes[0]).toEqual({
    ...{ principal, verdict, correctRoute, source },
    ...{ route, reason, neighbours },
  })
})

it('has another stamp after a vote, another of the same voter, and a deletion, and else the same', async () => {
  const store = await openVoted(2)
  const stamps = [await store.votesStamp()]
  const next = async () => stamps.push(await store.votesStamp())
  await store.getDecision(idOf(1))
  await next()
  expect(stamps[1]).toBe(stamps[0])
  store.recordDecision(decisionOf(3), 'pending')
  await store.addFeedback(voteOn(3))
  await next()
  const again = voteOn(3)
  await store.addFeedback({ ...again, id: idOf(9_000), createdAtMs: again.createdAtMs + 1 })
  await next()
  await store.forget({ sessionId: 'session-1' }, [])
  await next()
  expect(new Set(stamps).size).toBe(4)
})
