// Votes on the decisions of two arms, as the canary's test reads them.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Feedback } from '../../src/core/records/feedback.ts'
import type { Decision } from '../../src/core/types.ts'
import { decisionOf, feedbackOf, idOf, openStoreHere, temporaryFolder } from './fixtures.ts'

const BEGAN = 1_700_000_000_010
const everything = { decidedSinceMs: 0, votedSinceMs: 0, limit: 100 }

it('gives explicit and reviewed votes on decisions of an arm, in the order in which they were given', async () => {
  const store = await openStoreHere({ file: join(temporaryFolder(), 'signalbox.db') })
  const decide = (n: number, changes: Partial<Decision>) =>
    store.recordDecision(decisionOf(n, changes), 'pending')
  const vote = (n: number, changes: Partial<Feedback> = {}) =>
    store.addFeedback(
      feedbackOf(n, { decisionId: idOf(n), createdAtMs: 5_000 - n, verdict: 'bad', ...changes }),
    )
  decide(1, { arm: 'serving', indexGeneration: 6 })
  decide(11, { arm: 'canary', indexGeneration: 7, sessionId: null })
  decide(12, { arm: 'serving', indexGeneration: 6 })
  decide(13, { arm: null, indexGeneration: null })
  decide(14, { arm: 'canary', indexGeneration: 7 })
  decide(15, { arm: 'canary', indexGeneration: 7 })
  await vote(1)
  await vote(11)
  await vote(12, { verdict: 'good', source: 'review' })
  await vote(13)
  await vote(14, { source: 'implicit', implicitKind: 're_ask' })
  await vote(15, { source: 'import' })
  const canary = {
    decisionId: idOf(11),
    sessionId: null,
    arm: 'canary',
    generation: 7,
    isBad: true,
    atMs: 4_989,
  }
  const serving = {
    decisionId: idOf(12),
    sessionId: 'session-1',
    arm: 'serving',
    generation: 6,
    isBad: false,
    atMs: 4_988,
  }
  expect(await store.listArmVotes({ ...everything, decidedSinceMs: BEGAN })).toEqual([
    serving,
    canary,
  ])
  expect((await store.listArmVotes(everything)).map(({ decisionId }) => decisionId)).toEqual([
    idOf(12),
    idOf(11),
    idOf(1),
  ])
  const late = { ...everything, decidedSinceMs: BEGAN, votedSinceMs: 4_989 }
  expect(await store.listArmVotes(late)).toEqual([canary])
  expect(await store.listArmVotes({ ...everything, limit: 1 })).toEqual([serving])
})
