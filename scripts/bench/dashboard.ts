// What the dashboard asks of the store, page by page, on a database of many decisions: how long each question takes in the store's
// thread, by the clock and in time of a core, and how long the event loop stood still meanwhile. `npm run bench:dashboard --
// [decisions] [folder]`; the folder keeps the database for another run.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { silentLogger } from '../../src/core/logger.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { seedDecisions } from '../rig/seed-decisions.ts'
import { printJson } from '../terminal/output.ts'
import { BENCH_EXEMPLARS, BENCH_ROUTES, pageReads } from './dashboard-pages.ts'
import { median } from './summary.ts'
import { type Asked, timedStore } from './timed-store.ts'

const DAYS_MS = 30 * 86_400_000
const RUNS = 3

const decisions = Number(process.argv[2] ?? 100_000)
const folder = process.argv[3] ?? mkdtempSync(join(tmpdir(), 'signalbox-desk-'))
const file = join(folder, 'signalbox.db')

const seed = (): void =>
  seedDecisions({
    file,
    decisions,
    nowMs: Date.now(),
    spanMs: DAYS_MS,
    routes: BENCH_ROUTES,
    models: ['small', 'large', 'medium'],
    keys: ['local', 'key-one', 'key-two', 'key-three'],
    texts: ['why does my loop skip every second element', 'translate good luck into Polish'],
    exemplars: BENCH_EXEMPLARS,
    dimensions: 1_152,
  })

const round = (ms: number): number => Math.round(ms * 10) / 10

/** Of each question of a page: how often it was asked, the median and the longest. */
const figuresOf = (asked: readonly Asked[]) => {
  const names = [...new Set(asked.map(({ name }) => name))]
  const all = names.map((name) => {
    const of = asked.filter((one) => one.name === name)
    const ms = of.map((one) => one.ms)
    const coreMs = of.map((one) => one.coreMs)
    const figures = { times: of.length, p50Ms: median(ms), maxMs: Math.max(...ms) }
    return [
      name,
      { ...figures, p50CoreMs: median(coreMs), maxCoreMs: Math.max(...coreMs) },
    ] as const
  })
  return Object.fromEntries(
    all.map(([name, figures]) => [
      name,
      Object.fromEntries(Object.entries(figures).map(([key, value]) => [key, round(value)])),
    ]),
  )
}

if (!existsSync(file)) seed()
const store = await createSqliteStore({
  file,
  storeText: 'full',
  flushIntervalMs: 50,
  queueLimit: 1_000,
  logger: silentLogger,
})
const timed = timedStore(store)
const delay = monitorEventLoopDelay({ resolution: 1 })
const pages: Record<string, object> = {}
const everything: Asked[] = []
let loopGapMs = 0
for (const [page, read] of pageReads(timed.store)) {
  delay.reset()
  delay.enable()
  for (let run = 0; run < RUNS; run++) await read()
  delay.disable()
  const asked = timed.take()
  everything.push(...asked)
  loopGapMs = Math.max(loopGapMs, delay.max / 1e6)
  pages[page] = { questions: figuresOf(asked), loopGapMs: round(delay.max / 1e6) }
}
const slowest = (of: (asked: Asked) => number) => round(Math.max(...everything.map(of)))
printJson({
  decisions,
  pages,
  questions: everything.length,
  p50Ms: round(median(everything.map(({ ms }) => ms))),
  maxMs: slowest(({ ms }) => ms),
  maxCoreMs: slowest(({ coreMs }) => coreMs),
  loopGapMs: round(loopGapMs),
})
await store.close()
if (process.argv[3] === undefined) rmSync(folder, { recursive: true, force: true })
