// A full disk, injected as SQLite's own page limit: decisions are dropped and counted, feedback is refused, and both
// resume without a restart when there is room again.
import { join } from 'node:path'
import { expect, it, vi } from 'vitest'
import type { Feedback } from '../../src/core/records/feedback.ts'
import {
  decisionOf,
  feedbackOf,
  idOf,
  openStore,
  recordingLogger,
  temporaryFolder,
} from '../store/fixtures.ts'

const large = (n: number) =>
  decisionOf(n, {
    routingText: { ...decisionOf(n).routingText, text: `${n} `.padEnd(3_000, 'long ') },
  })

it('drops and counts decisions while the disk is full, and resumes when it is not', async () => {
  const logger = recordingLogger()
  const file = join(temporaryFolder(), 'signalbox.db')
  const store = await openStore({ file, queueLimit: 200, maxPages: 60, logger })
  let n = 0
  await vi.waitFor(
    () => {
      for (let i = 0; i < 50; i++) store.recordDecision(large(++n), 'pending')
      expect(store.stats().droppedDecisions).toBeGreaterThan(0)
    },
    { timeout: 20_000, interval: 10 },
  )
  await expect(store.flush()).rejects.toMatchObject({ code: 'store_unavailable' })
  expect(store.stats().lastError).toContain('SQLITE_FULL')
  expect(store.stats().queuedDecisions).toBe(200)
  const reports = logger.lines.filter(({ message }) => message.includes('being dropped'))
  expect(reports).toHaveLength(1)

  await store.limitPages(null)
  await store.flush()
  const { droppedDecisions } = store.stats()
  expect(store.stats()).toMatchObject({ queuedDecisions: 0, lastError: null })
  store.recordDecision(large(++n), 'pending')
  expect(await store.getDecision(idOf(n))).toMatchObject(large(n))
  let stored = 0
  for (let before: string | null = 'zzz'; before !== null; ) {
    const page = await store.listDecisions({ limit: 1_000, before })
    stored += page.decisions.length
    before = page.nextCursor
  }
  expect(stored + droppedDecisions).toBe(n)
})

it('acknowledges no vote that it could not keep, and keeps all that it acknowledged', async () => {
  const file = join(temporaryFolder(), 'signalbox.db')
  const store = await openStore({ file })
  store.recordDecision(decisionOf(1), 'pending')
  await store.flush()
  await store.limitPages(40)
  const vote = (n: number): Feedback =>
    feedbackOf(n, { principal: `p${n}`, comment: 'x'.repeat(3_000) })
  const acknowledged: string[] = []
  const refused: Feedback[] = []
  for (let n = 1; n <= 100; n++) {
    try {
      await store.addFeedback(vote(n))
      acknowledged.push(vote(n).id)
    } catch (error) {
      expect(error).toMatchObject({
        code: 'store_unavailable',
        isRetryable: true,
        details: { sqliteCode: 'SQLITE_FULL' },
      })
      refused.push(vote(n))
    }
  }
  expect(acknowledged.length).toBeGreaterThan(0)
  expect(refused.length).toBeGreaterThan(0)
  expect(store.stats().lastError).toContain('SQLITE_FULL')
  expect((await store.listFeedback()).map(({ id }) => id)).toEqual(acknowledged)

  await store.limitPages(null)
  for (const again of refused) expect(await store.addFeedback(again)).toEqual({ replaced: false })
  expect(await store.listFeedback()).toHaveLength(100)
  expect(store.stats().lastError).toBeNull()
})
