// A reader holds an old snapshot of the database: the write-ahead log grows past its limit, the server says so and goes on,
// and once the reader has gone the log is truncated.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { WAL_LIMIT_BYTES } from '../../src/store/sqlite/open.ts'
import { decisionOf, openStore, recordingLogger, temporaryFolder } from '../store/fixtures.ts'

const ROWS = 60_000
const AT_ONCE = 5_000
/** About what a prompt of 150 words leaves. */
const TEXT = 'what people ask of a router '.repeat(32)

it('warns while a reader keeps the log from being reset, loses nothing, and truncates it afterwards', async () => {
  const file = join(temporaryFolder(), 'signalbox.db')
  const logger = recordingLogger()
  const store = await openStore({ file, logger })
  const logBytes = (): number => statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0
  const reader = new Database(file, { readonly: true })
  reader.exec('BEGIN')
  reader.prepare('SELECT count(*) FROM decisions').get()

  const routingText = { ...decisionOf(0).routingText, text: TEXT }
  for (let n = 1; n <= ROWS; n++) {
    store.recordDecision(decisionOf(n, { routingText, embedding: null }), 'pending')
    if (n % AT_ONCE === 0) await store.flush()
  }
  expect(logBytes()).toBeGreaterThan(WAL_LIMIT_BYTES)
  const warnings = logger.lines.filter(({ message }) => message.includes('write-ahead log'))
  expect(warnings).toHaveLength(1)
  expect(store.stats()).toMatchObject({ queuedDecisions: 0, droppedDecisions: 0, lastError: null })

  reader.close()
  store.recordDecision(decisionOf(ROWS + 1), 'pending')
  await store.flush()
  store.recordDecision(decisionOf(ROWS + 2), 'pending')
  await store.flush()
  expect(logBytes()).toBeLessThanOrEqual(WAL_LIMIT_BYTES)
  await store.close()
  const left = new Database(file, { readonly: true })
  expect(left.prepare('SELECT count(*) AS n FROM decisions').get()).toEqual({ n: ROWS + 2 })
  left.close()
}, 120_000)
