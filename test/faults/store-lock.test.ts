// Another process holds the database's write lock: the main loop goes on, and what was queued lands afterwards.
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { expect, it, vi } from 'vitest'
import { holdWriteLock } from '../store/fault-fixtures.ts'
import {
  completionOf,
  decisionOf,
  feedbackOf,
  idOf,
  openStore,
  recordingLogger,
  temporaryFolder,
} from '../store/fixtures.ts'

const BUSY_TIMEOUT_MS = 1_500

it('goes on recording while another process holds the lock for longer than the busy timeout', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'signalbox.db')
  const logger = recordingLogger()
  const store = await openStore({ file, busyTimeoutMs: BUSY_TIMEOUT_MS, logger })
  const holder = await holdWriteLock(folder, file)
  const gaps = monitorEventLoopDelay({ resolution: 5 })
  gaps.enable()

  let n = 0
  await vi.waitFor(
    () => {
      for (let i = 0; i < 5; i++) {
        store.recordDecision(decisionOf(++n), 'pending')
        store.completeDecision(idOf(n), completionOf())
      }
      expect(store.stats().lastError).toContain('SQLITE_BUSY')
    },
    { timeout: 20_000, interval: 5 },
  )
  gaps.disable()
  // The worker waited the whole busy timeout; had the loop waited with it, the gap would be as long.
  expect(gaps.max / 1e6).toBeLessThan(BUSY_TIMEOUT_MS / 2)
  expect(store.stats().queuedDecisions).toBe(n)
  expect(logger.lines).toContainEqual(
    expect.objectContaining({
      level: 'warn',
      facts: expect.objectContaining({ sqliteCode: 'SQLITE_BUSY' }),
    }),
  )

  await holder.release()
  await store.flush()
  expect(store.stats()).toMatchObject({ queuedDecisions: 0, droppedDecisions: 0, lastError: null })
  expect(await store.getDecision(idOf(1))).toMatchObject({ outcome: 'served' })
  expect(await store.getDecision(idOf(n))).toMatchObject({ outcome: 'served' })
})

it('refuses feedback that can’t be committed under the lock, and takes it afterwards', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'signalbox.db')
  const store = await openStore({ file, busyTimeoutMs: 50 })
  store.recordDecision(decisionOf(1), 'pending')
  await store.flush()
  const holder = await holdWriteLock(folder, file)
  const refused = { code: 'store_unavailable', isRetryable: true }
  await expect(store.addFeedback(feedbackOf(1))).rejects.toMatchObject(refused)
  store.recordDecision(decisionOf(2), 'pending')
  await expect(store.addFeedback(feedbackOf(2, { decisionId: idOf(2) }))).rejects.toMatchObject(
    refused,
  )
  // Reading is possible all the while.
  expect(await store.getDecision(idOf(1))).toMatchObject(decisionOf(1))
  expect((await store.listDecisions({ limit: 10 })).decisions).toHaveLength(1)
  await expect(store.getDecision(idOf(2))).rejects.toMatchObject(refused)

  await holder.release()
  expect(await store.addFeedback(feedbackOf(2, { decisionId: idOf(2) }))).toEqual({
    replaced: false,
  })
  expect(await store.listFeedback()).toHaveLength(1)
})

it('counts what it could not write before closing, and says so', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'signalbox.db')
  const logger = recordingLogger()
  const store = await openStore({ file, busyTimeoutMs: 20, logger })
  const holder = await holdWriteLock(folder, file)
  for (let n = 1; n <= 3; n++) store.recordDecision(decisionOf(n), 'pending')
  await store.close()
  expect(store.stats().droppedDecisions).toBe(3)
  expect(logger.lines).toContainEqual({
    level: 'error',
    message: 'decisions could not be written before closing',
    facts: { count: 3 },
  })
  await holder.release()
})
