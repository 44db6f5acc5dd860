// Retention against the real store: what goes, what stays, and how much at a time.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { createRetention } from '../../src/store/retention.ts'
import {
  decisionOf,
  feedbackOf,
  idOf,
  openStoreHere,
  recordingLogger,
  temporaryFolder,
} from './fixtures.ts'

const DAY_MS = 86_400_000
const NOW = 1_700_000_000_000
const noPause = async () => {}

const agedStore = async (ages: number[]) => {
  const file = join(temporaryFolder(), 'signalbox.db')
  const store = await openStoreHere({ file })
  ages.forEach((days, i) => {
    store.recordDecision(decisionOf(i + 1, { createdAtMs: NOW - days * DAY_MS }), 'pending')
  })
  await store.flush()
  const kept = async () =>
    (await store.listDecisions({ limit: 1_000 })).decisions.map(({ id }) => id).reverse()
  return { store, file, kept }
}

it('deletes what is older than the days, and what was voted on only after twice as many', async () => {
  const { store, kept } = await agedStore([0, 9.9, 10.1, 15, 19.9, 20.1, 300])
  for (const n of [4, 5, 6]) {
    await store.addFeedback(feedbackOf(n, { decisionId: idOf(n) }))
  }
  const retention = createRetention({
    target: store,
    retentionDays: 10,
    evaluationDays: 365,
    logger: recordingLogger(),
    now: () => NOW,
    pause: noPause,
  })
  expect(await retention.run()).toBe(3)
  expect(await kept()).toEqual([1, 2, 4, 5].map(idOf))
  expect((await store.listFeedback()).map(({ decisionId }) => decisionId)).toEqual([
    idOf(4),
    idOf(5),
  ])
  expect(await retention.run()).toBe(0)
})

it('deletes in chunks and lets writes in between', async () => {
  const { store, kept } = await agedStore(Array.from({ length: 250 }, () => 100))
  let pauses = 0
  const retention = createRetention({
    target: store,
    retentionDays: 10,
    evaluationDays: 365,
    logger: recordingLogger(),
    now: () => NOW,
    chunkSize: 100,
    pause: async () => {
      pauses++
      store.recordDecision(decisionOf(1_000 + pauses, { createdAtMs: NOW }), 'pending')
      await store.flush()
    },
  })
  expect(await retention.run()).toBe(250)
  expect(pauses).toBe(2)
  expect(await kept()).toEqual([idOf(1_001), idOf(1_002)])
})

it('gives the space of deleted decisions back to the disk', async () => {
  const { store, file } = await agedStore(Array.from({ length: 1_000 }, () => 100))
  await store.checkpoint()
  const before = statSync(file).size
  const retention = createRetention({
    target: store,
    retentionDays: 10,
    evaluationDays: 365,
    logger: recordingLogger(),
    now: () => NOW,
    pause: noPause,
  })
  expect(await retention.run()).toBe(1_000)
  expect(statSync(file).size).toBeLessThan(before / 4)
})

it('logs a failing run and tries again with the next', async () => {
  const logger = recordingLogger()
  const failures = [new Error('the disk is gone')]
  let resolveSecond: () => void = () => {}
  const second = new Promise<void>((resolve) => {
    resolveSecond = resolve
  })
  const retention = createRetention({
    target: {
      deleteExpired: async () => {
        const failure = failures.pop()
        if (failure) throw failure
        resolveSecond()
        return 0
      },
      deleteExpiredResponses: async () => 0,
      deleteExpiredEvaluations: async () => 0,
      deleteExpiredUsage: async () => 0,
      checkpoint: async () => {},
    },
    retentionDays: 10,
    evaluationDays: 365,
    logger,
    pause: noPause,
  })
  retention.start(1)
  await second
  await retention.stop()
  expect(logger.lines[0]).toEqual({
    level: 'warn',
    message: 'expired decisions could not be deleted',
    facts: { reason: 'the disk is gone' },
  })
})

it('stops after the chunk under way', async () => {
  let chunks = 0
  const retention = createRetention({
    target: {
      deleteExpired: async () => {
        if (++chunks === 3) void retention.stop()
        return 200
      },
      deleteExpiredResponses: async () => 0,
      deleteExpiredEvaluations: async () => 0,
      deleteExpiredUsage: async () => 0,
      checkpoint: async () => {},
    },
    retentionDays: 10,
    evaluationDays: 365,
    logger: recordingLogger(),
    pause: noPause,
  })
  expect(await retention.run()).toBe(600)
  expect(chunks).toBe(3)
})

it('deletes shadows and rulings of expired decisions, and old shadows whose decision never came', async () => {
  const { store, file } = await agedStore([0, 100, 100])
  await store.addFeedback(feedbackOf(3, { decisionId: idOf(3) }))
  const shadow = { generation: 9, route: 'code', reason: 'matched' as const, confidence: 0.5 }
  const old = NOW - 100 * DAY_MS
  await store.addShadowDecisions([
    { ...shadow, decisionId: idOf(1), createdAtMs: NOW },
    { ...shadow, decisionId: idOf(2), createdAtMs: old },
    { ...shadow, decisionId: idOf(3), createdAtMs: old },
    // Their decisions were dropped, or wait to be written.
    { ...shadow, decisionId: idOf(8), createdAtMs: old },
    { ...shadow, decisionId: idOf(9), createdAtMs: NOW },
  ])
  for (const n of [1, 2]) {
    await store.addRuling({
      id: idOf(10 + n),
      subject: 'decision',
      subjectId: idOf(n),
      action: 'reject',
      route: null,
      author: 'alice',
      note: null,
      createdAtMs: NOW,
    })
  }
  const query = { beforeMs: NOW - 10 * DAY_MS, votedBeforeMs: NOW - 200 * DAY_MS, limit: 10 }
  expect(await store.deleteExpired(query)).toBe(1)
  expect((await store.listRulings()).map(({ subjectId }) => subjectId)).toEqual([idOf(1)])
  await store.close()
  const client = new Database(file, { readonly: true })
  const left = client.prepare('SELECT decision_id FROM shadow_decisions ORDER BY 1').pluck().all()
  client.close()
  expect(left).toEqual([1, 3, 9].map(idOf))
})
