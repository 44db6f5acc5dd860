// D04: the alarm for a write-ahead log that a reader keeps from being truncated.
import { expect, it } from 'vitest'
import { createBatchWriter } from '../../src/store/sqlite/batch-writer.ts'
import { toDecisionRow } from '../../src/store/sqlite/rows.ts'
import { createWriteQueue } from '../../src/store/sqlite/write-queue.ts'
import { decisionOf, recordingLogger } from './fixtures.ts'

it('warns when the log outgrows its limit, once each time that it does', async () => {
  const logger = recordingLogger()
  const queue = createWriteQueue({ limit: 10, batchSize: 1 })
  const isLarge = [false, true, true, false, true]
  const writer = createBatchWriter({
    queue,
    send: async () => ({ rejectedCount: 0, isLogLarge: isLarge.shift() === true }),
    flushIntervalMs: 60_000,
    batchSize: 1,
    logger,
  })
  const warnings: number[] = []
  for (let n = 1; n <= 5; n++) {
    writer.accept('decision', () =>
      queue.addDecision(toDecisionRow(decisionOf(n), 'pending', 'full')),
    )
    await writer.flush()
    warnings.push(logger.lines.filter(({ level }) => level === 'warn').length)
  }
  expect(warnings).toEqual([0, 1, 1, 1, 2])
  expect(logger.lines[0]?.message).toContain('write-ahead log outgrew its limit')
  await writer.close()
})
