// Failed attempts, counted by what they have in common.
import { join } from 'node:path'
import { expect, it } from 'vitest'
import type { Attempt } from '../../src/core/types.ts'
import { completionOf, decisionOf, idOf, openStoreHere, temporaryFolder } from './fixtures.ts'

const attemptOf = (changes: Partial<Attempt>): Attempt => ({
  provider: 'openai',
  model: 'large',
  startedAtMs: 1,
  durationMs: 2,
  status: 429,
  errorCode: 'upstream_error',
  ...changes,
})

const storeOf = async (rows: Attempt[][]) => {
  const store = await openStoreHere({ file: join(temporaryFolder(), 'signalbox.db') })
  for (const [i, attempts] of rows.entries()) {
    store.recordDecision(decisionOf(i + 1), 'pending')
    store.completeDecision(idOf(i + 1), completionOf({ attempts }))
  }
  await store.flush()
  return store
}

it('counts attempts that are alike as one, with the latest decision that has one', async () => {
  const limited = { failure: { shape: 'rate limit reached' } }
  const store = await storeOf([
    [attemptOf({ ...limited, startedAtMs: 10 }), attemptOf({ status: 200, errorCode: null })],
    [attemptOf({ ...limited, startedAtMs: 30 }), attemptOf({ ...limited, startedAtMs: 40 })],
    [attemptOf({ status: null, errorCode: 'upstream_timeout', startedAtMs: 50 })],
  ])
  const alike = { provider: 'openai', model: 'large' }
  expect(await store.listFailedAttempts(0)).toEqual([
    {
      ...{ ...alike, errorCode: 'upstream_error', status: 429, ...limited },
      ...{ count: 3, decisionId: idOf(2), lastAtMs: 40 },
    },
    {
      ...{ ...alike, errorCode: 'upstream_timeout', status: null, failure: {} },
      ...{ count: 1, decisionId: idOf(3), lastAtMs: 50 },
    },
  ])
})

it('leaves out what served, what the client or a stop brought about, and what is older', async () => {
  const store = await storeOf([
    [attemptOf({ errorCode: null, status: 200 })],
    [attemptOf({ errorCode: 'client_closed', status: 200 })],
    [attemptOf({ errorCode: 'shutting_down', status: null })],
    [attemptOf({})],
  ])
  expect(await store.listFailedAttempts(0)).toMatchObject([{ count: 1, decisionId: idOf(4) }])
  expect(await store.listFailedAttempts(decisionOf(5).createdAtMs)).toEqual([])
})

it('answers with 500 kinds at most', async () => {
  const kinds = Array.from({ length: 510 }, (_, i) => attemptOf({ model: `model-${i}` }))
  const store = await storeOf([kinds])
  expect(await store.listFailedAttempts(0)).toHaveLength(500)
})
