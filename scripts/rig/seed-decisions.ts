// A database of many decisions in seconds: rows as the store writes them, straight into its schema, and the sums made of them.
// The same options give the same rows; from 5,000 on the earliest stand again, later and under ids of their own.
import { getTableConfig, type SQLiteTable } from 'drizzle-orm/sqlite-core'
import { createRandom, type Random } from '../../src/core/statistics/random.ts'
import type { Attempt, Completion, Decision, Outcome, Reason } from '../../src/core/types.ts'
import { prepareWriteEntries } from '../../src/store/sqlite/decision-table.ts'
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts'
import { type OpenedDatabase, openDatabase } from '../../src/store/sqlite/open.ts'
import { toCompletionRow, toDecisionRow } from '../../src/store/sqlite/rows.ts'
import { decisions, feedback } from '../../src/store/sqlite/schema/decisions.ts'
import { rebuildUsage } from '../../src/store/sqlite/usage-table.ts'

export interface SeedOptions {
  /** The database; made where it is not there. */
  file: string
  decisions: number
  /** Of the newest; the others come before it, evenly over `spanMs`. */
  nowMs: number
  spanMs: number
  /** The first is taken the most. */
  routes: readonly string[]
  models: readonly string[]
  keys: readonly string[]
  texts: readonly string[]
  /** Of the live generation, with their routes: what neighbours are. */
  exemplars: readonly { id: string; route: string }[]
  /** Floats of each decision's embedding; none by default. */
  dimensions?: number
  /** Decisions instead of made ones, the newest of all. */
  own?: readonly { decision: Decision; completion: Completion }[]
}

/** The earlier ones more often, as traffic is. */
const pick = <T>(from: readonly T[], random: Random): T =>
  from[Math.floor(random() ** 2 * from.length)] as T

const REASONS: Reason[] = ['matched', 'matched', 'matched', 'session', 'below_threshold', 'pinned']

/** A uuid v7 of this time; `n` keeps those of one millisecond apart. */
export const seededId = (ms: number, n: number): string => {
  const time = ms.toString(16).padStart(12, '0')
  const tail = n.toString(16).padStart(12, '0')
  return `${time.slice(0, 8)}-${time.slice(8)}-7000-8000-${tail}`
}

/** The rest shares what the winner leaves. */
const scoresOf = (routes: readonly string[], route: string, score: number) =>
  routes.map((name) => ({
    route: name,
    score: name === route ? score : (1 - score) / Math.max(1, routes.length - 1),
  }))

const vectorOf = (dimensions: number, random: Random): Float32Array =>
  Float32Array.from({ length: dimensions }, () => random() - 0.5)

/** The same in every decision. */
const ALIKE = {
  degradedBy: null,
  indexGeneration: 1,
  encoderId: null,
  configVersion: 'seeded',
  recipe: 2,
  classification: null,
  inherited: null,
  skipped: [],
  selection: null,
  wordLogits: null,
  arm: null,
  userDigest: null,
} satisfies Partial<Decision>

/** The `n`th of a log: from what `options` name, the rest by `random`. */
export const seededDecision = (
  { atMs, n }: { atMs: number; n: number },
  options: Pick<SeedOptions, 'routes' | 'models' | 'keys' | 'texts' | 'exemplars' | 'dimensions'>,
  random: Random,
): Decision => {
  const route = pick(options.routes, random)
  const score = 0.5 + random() / 2
  const text = options.texts[n % options.texts.length] ?? ''
  const firstNear = (n * 7) % Math.max(1, options.exemplars.length - 9)
  const neighbours = options.exemplars
    .slice(firstNear, firstNear + 10)
    .map(({ id, route: of }, i) => ({ exemplarId: id, route: of, similarity: 0.9 - i * 0.05 }))
  return {
    id: seededId(atMs, n),
    createdAtMs: atMs,
    requestId: `req-${n}`,
    sessionId: random() < 0.5 ? `session-${n % 997}` : null,
    requestedModel: 'auto',
    routingText: { text, digest: '0'.repeat(64), isTruncated: false, hasSignal: true, flags: [] },
    embedding: options.dimensions === undefined ? null : vectorOf(options.dimensions, random),
    route,
    model: pick(options.models, random),
    reason: pick(REASONS, random),
    confidence: score,
    margin: score - 0.3,
    threshold: 0.55,
    scores: scoresOf(options.routes, route, score),
    neighbours,
    timings: { routingTextMs: 0.1, embedMs: 4 + random() * 6, searchMs: 0.3, totalMs: 6 },
    principal: pick(options.keys, random),
    ...ALIKE,
  }
}

const attemptsOf = (decision: Decision, firstMs: number, isFailed: boolean): Attempt[] => {
  const at = decision.createdAtMs + 10
  const bad = { status: 503, errorCode: 'upstream_error' as const }
  const served = { status: 200, errorCode: null }
  const one = { provider: 'echo', model: decision.model }
  const first = { ...one, startedAtMs: at, durationMs: firstMs / 3, ...bad }
  return isFailed ? [first] : [{ ...one, startedAtMs: at, durationMs: firstMs, ...served }]
}

const completionOf = (decision: Decision, random: Random): Completion => {
  const firstTokenMs = 80 + 900 * random() ** 3
  const chance = random()
  const outcome: Outcome = chance < 0.015 ? 'failed' : chance < 0.025 ? 'client_closed' : 'served'
  const isServed = outcome === 'served'
  return {
    outcome,
    model: decision.model,
    attempts: attemptsOf(decision, firstTokenMs, outcome === 'failed'),
    usage: isServed
      ? { promptTokens: 50 + Math.floor(random() * 900), completionTokens: 200, isEstimated: false }
      : null,
    costUsd: isServed && random() < 0.9 ? random() * 0.01 : null,
    firstTokenMs: isServed ? firstTokenMs : null,
    totalMs: firstTokenMs * (1.5 + random() * 4),
  }
}

/** So many are made; the others are copies of them, which take a tenth of the time. */
const MADE = 5_000

interface Block {
  number: number
  /** Of the rows that are copied. */
  fromMs: number
  toMs: number
  /** How much later the copies are. */
  byMs: number
}

/** As `seededId` gives it: the time in front, and behind it the number, of which the block is the upper half. */
const copiedId = (id: string, atMs: string, number: number): string => {
  const time = `printf('%012x', ${atMs})`
  const tail = `printf('%06x', ${number}) || substr(${id}, 31)`
  return `substr(${time}, 1, 8) || '-' || substr(${time}, 9) || '-7000-8000-' || ${tail}`
}

/** Inserts the seeded rows of a table once more, with these columns in another way. */
const copyRows = (
  { client }: OpenedDatabase,
  table: SQLiteTable,
  { fromMs, toMs, changed }: Pick<Block, 'fromMs' | 'toMs'> & { changed: Record<string, string> },
): void => {
  const { name, columns } = getTableConfig(table)
  const names = columns.map((column) => column.name)
  const values = names.map((column) => changed[column] ?? column)
  client
    .prepare(
      `INSERT INTO ${name} (${names}) SELECT ${values} FROM ${name}
       WHERE created_at_ms >= ? AND created_at_ms < ?`,
    )
    .run(fromMs, toMs)
}

const VOTE_AFTER_MS = 1_000

const copyBlock = (database: OpenedDatabase, { number, fromMs, toMs, byMs }: Block): void => {
  const later = `created_at_ms + ${byMs}`
  const id = copiedId('id', later, number)
  copyRows(database, decisions, { fromMs, toMs, changed: { id, created_at_ms: later } })
  const decidedAt = `created_at_ms - ${VOTE_AFTER_MS} + ${byMs}`
  copyRows(database, feedback, {
    fromMs: fromMs + VOTE_AFTER_MS,
    toMs: toMs + VOTE_AFTER_MS,
    changed: {
      id,
      created_at_ms: later,
      decision_id: copiedId('decision_id', decidedAt, number),
    },
  })
}

/** A vote on every hundredth decision. */
const voteOn = (decision: Decision, n: number, routes: readonly string[]) => ({
  id: seededId(decision.createdAtMs + 1, n),
  decisionId: decision.id,
  principal: 'seeder',
  verdict: n % 200 === 0 ? ('good' as const) : ('bad' as const),
  correctRoute: n % 200 === 0 ? null : (routes[n % routes.length] ?? null),
  score: null,
  comment: null,
  createdAtMs: decision.createdAtMs + VOTE_AFTER_MS,
})

type Add = (decision: Decision, completion: Completion) => void

const addMade = ({ client, db }: OpenedDatabase, options: SeedOptions, add: Add): void => {
  const { decisions: wanted, nowMs, spanMs } = options
  const random = createRandom(17)
  const addOne = (n: number): void => {
    const atMs = Math.floor(nowMs - spanMs + (spanMs * n) / wanted)
    const decision = seededDecision({ atMs, n }, options, random)
    add(decision, completionOf(decision, random))
    if (n % 100 === 0) {
      db.insert(feedback)
        .values(voteOn(decision, n, options.routes))
        .run()
    }
  }
  const made = Math.min(wanted, MADE)
  client.transaction(() => {
    for (let n = 0; n < made; n++) addOne(n)
  })()
}

const addCopies = (database: OpenedDatabase, options: SeedOptions): void => {
  const { decisions: wanted, nowMs, spanMs } = options
  const fromMs = Math.floor(nowMs - spanMs)
  for (let number = 1; number * MADE < wanted; number++) {
    const rows = Math.min(MADE, wanted - number * MADE)
    const toMs = Math.floor(nowMs - spanMs + (spanMs * rows) / wanted)
    const byMs = Math.floor((number * MADE * spanMs) / wanted)
    database.client.transaction(() => copyBlock(database, { number, fromMs, toMs, byMs }))()
  }
}

export const seedDecisions = (options: SeedOptions): void => {
  const { file, nowMs, own = [] } = options
  const database = openDatabase({
    file,
    busyTimeoutMs: 1_000,
    readOnly: false,
    onCorrupt: 'refuse',
    nowMs,
    migrations: MIGRATIONS,
  })
  const { client, db } = database
  const write = prepareWriteEntries(db)
  const add: Add = (decision, completion) => {
    const row = { ...toDecisionRow(decision, 'pending', 'full'), ...toCompletionRow(completion) }
    write([{ id: decision.id, row, completion: null }])
  }
  addMade(database, options, add)
  addCopies(database, options)
  for (const { decision, completion } of own) add(decision, completion)
  rebuildUsage(db)
  client.pragma('wal_checkpoint(TRUNCATE)')
  client.close()
}
