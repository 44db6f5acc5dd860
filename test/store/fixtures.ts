// Values and loggers for the store's tests. Everything is deterministic: ids count up and sort by time, as uuid v7 do.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import type { Logger } from '../../src/core/logger.ts'
import type { Feedback } from '../../src/core/records/feedback.ts'
import type { Completion, Decision } from '../../src/core/types.ts'
import { createSqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite/sqlite-store.ts'
import { threadHere } from './thread-here.ts'

/** The n-th id: a well-formed uuid v7 whose time part is n. */
export const idOf = (n: number): string => {
  const hex = n.toString(16).padStart(12, '0')
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-000000000000`
}

export const decisionOf = (n: number, changes: Partial<Decision> = {}): Decision => ({
  id: idOf(n),
  createdAtMs: 1_700_000_000_000 + n,
  requestId: `request-${n}`,
  sessionId: 'session-1',
  requestedModel: 'auto',
  routingText: {
    text: `prompt number ${n}`,
    digest: `digest-${n}`,
    isTruncated: true,
    hasSignal: true,
    flags: ['control_tokens'],
  },
  embedding: Float32Array.from({ length: 8 }, (_, i) => Math.fround(Math.sin(n + i))),
  route: 'code',
  model: 'big-model',
  reason: 'matched',
  degradedBy: null,
  confidence: 0.875,
  margin: 0.1,
  threshold: 0.3,
  scores: [
    { route: 'code', score: 0.9 },
    { route: 'none', score: 0.1 },
  ],
  neighbours: [{ exemplarId: 'e1', route: 'code', similarity: 0.7071067811865123 }],
  indexGeneration: 42,
  encoderId: 'mini/int8',
  configVersion: 'config-1',
  timings: { embedMs: 2.5, totalMs: 3.25 },
  recipe: 2,
  classification: null,
  inherited: null,
  skipped: [],
  selection: null,
  wordLogits: null,
  arm: null,
  userDigest: null,
  principal: 'key-1',
  ...changes,
})

export const completionOf = (changes: Partial<Completion> = {}): Completion => ({
  outcome: 'served',
  model: 'small-model',
  attempts: [
    {
      provider: 'p',
      model: 'small-model',
      startedAtMs: 1,
      durationMs: 2.5,
      status: 503,
      errorCode: 'upstream_error',
    },
  ],
  usage: { promptTokens: 10, completionTokens: 20, isEstimated: true },
  costUsd: 0.000123,
  firstTokenMs: 120.5,
  totalMs: 800,
  ...changes,
})

export const feedbackOf = (n: number, changes: Partial<Feedback> = {}): Feedback => ({
  id: idOf(1_000_000 + n),
  decisionId: idOf(1),
  principal: 'alice',
  verdict: 'bad',
  correctRoute: 'chat',
  score: 0.25,
  comment: 'wrong route',
  source: 'explicit',
  implicitKind: null,
  createdAtMs: 1_700_000_100_000 + n,
  ...changes,
})

export interface LogLine {
  level: keyof Logger
  message: string
  facts: Record<string, unknown>
}

/** A logger that keeps what it is told. */
export const recordingLogger = (): Logger & { lines: LogLine[] } => {
  const lines: LogLine[] = []
  const at = (level: keyof Logger) => (facts: Record<string, unknown>, message: string) => {
    lines.push({ level, message, facts })
  }
  return { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
}

/** An empty folder that goes with the test. */
export const temporaryFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'signalbox-store-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** A store on `file` that is closed with the test; closing it twice is fine. */
export const openStore = async (
  options: Partial<SqliteStoreOptions> & { file: string },
): Promise<Awaited<ReturnType<typeof createSqliteStore>>> => {
  const store = await createSqliteStore({
    storeText: 'full',
    flushIntervalMs: 5,
    queueLimit: 10_000,
    logger: recordingLogger(),
    now: () => 1_700_000_000_000,
    ...options,
  })
  onTestFinished(() => store.close())
  return store
}

/** The same without a thread of its own, for what does not depend on one. */
export const openStoreHere = (
  options: Partial<SqliteStoreOptions> & { file: string },
): ReturnType<typeof openStore> => openStore({ ...options, startThread: threadHere })
