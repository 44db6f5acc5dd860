// What the dashboard asks of the store, page by page, on a database of many decisions: how long each question takes in the store's
// thread, by the clock and in time of a core, and how long the event loop stood still meanwhile.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { Option } from 'commander'
import { groupBy } from '../../src/core/group-by.ts'
import { silentLogger } from '../../src/core/logger.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { seedDecisions } from '../rig/seed-decisions.ts'
import { BENCH_EXEMPLARS, BENCH_ROUTES, pageReads } from './dashboard-pages.ts'
import { countOption, runBench } from './harness.ts'
import { median } from './summary.ts'
import { type Asked, timedStore } from './timed-store.ts'

const DAYS_MS = 30 * 86_400_000
const RUNS = 3

interface Options {
  decisions: number
  folder?: string
}

interface Figures {
  times: number
  p50Ms: number
  maxMs: number
  p50CoreMs: number
  maxCoreMs: number
}

interface PageResult {
  questions: Record<string, Figures>
  loopGapMs: number
}

interface Result extends Figures {
  pages: Record<string, PageResult>
  loopGapMs: number
}

const seed = (file: string, decisions: number): void =>
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

const figuresOf = (asked: readonly Asked[]): Figures => {
  const ms = asked.map((one) => one.ms)
  const coreMs = asked.map((one) => one.coreMs)
  return {
    times: asked.length,
    p50Ms: round(median(ms)),
    maxMs: round(Math.max(...ms)),
    p50CoreMs: round(median(coreMs)),
    maxCoreMs: round(Math.max(...coreMs)),
  }
}

const byQuestion = (asked: readonly Asked[]): Record<string, Figures> =>
  Object.fromEntries(
    [...groupBy(asked, ({ name }) => name)].map(([name, of]) => [name, figuresOf(of)]),
  )

const measure = async (file: string): Promise<Result> => {
  const store = await createSqliteStore({
    file,
    storeText: 'full',
    flushIntervalMs: 50,
    queueLimit: 1_000,
    logger: silentLogger,
  })
  const timed = timedStore(store)
  const delay = monitorEventLoopDelay({ resolution: 1 })
  const pages: Record<string, PageResult> = {}
  const everything: Asked[] = []
  for (const [page, read] of pageReads(timed.store)) {
    delay.reset()
    delay.enable()
    for (let run = 0; run < RUNS; run++) await read()
    delay.disable()
    const asked = timed.take()
    everything.push(...asked)
    pages[page] = { questions: byQuestion(asked), loopGapMs: round(delay.max / 1e6) }
  }
  await store.close()
  const loopGapMs = Math.max(...Object.values(pages).map((page) => page.loopGapMs))
  return { pages, ...figuresOf(everything), loopGapMs }
}

const questionLine = (page: string, name: string, figures: Figures): string =>
  [
    `${page}: ${name}`.padEnd(52),
    ...[figures.p50Ms, figures.maxMs, figures.p50CoreMs, figures.maxCoreMs].map((ms) =>
      ms.toFixed(1).padStart(9),
    ),
  ].join('')

await runBench<Options, Result>({
  name: 'bench:dashboard',
  description: 'Ask what every page of the dashboard asks of a database of many decisions.',
  options: [
    countOption('--decisions <n>', 'in the database', 100_000),
    new Option('--folder <path>', 'keeps the database for another run'),
  ],
  run: ({ decisions, folder }, temporary) => {
    const file = join(folder ?? temporary, 'signalbox.db')
    if (!existsSync(file)) seed(file, decisions)
    return measure(file)
  },
  describe: ({ pages, ...all }) => [
    `${'milliseconds'.padEnd(52)}      p50      max core p50 core max`,
    ...Object.entries(pages).flatMap(([page, { questions }]) =>
      Object.entries(questions).map(([name, figures]) => questionLine(page, name, figures)),
    ),
    `${all.times} questions, at most ${all.maxMs} ms; the event loop stood still for at most ${all.loopGapMs} ms`,
  ],
})
