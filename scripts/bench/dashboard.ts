// What the dashboard asks of the store, on a database of many decisions: the slowest of three runs of each question, in
// milliseconds, and how long the event loop stood still meanwhile. `npm run bench:dashboard -- [decisions] [folder]`.
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { RANGES, timeRange } from '../../src/dashboard/request/time-range.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import type { Store } from '../../src/store/store.ts'
import { seedDecisions } from '../rig/seed-decisions.ts'
import { printJson } from '../terminal/output.ts'

const ROUTES = ['code', 'math', 'writing', 'general', 'smalltalk', 'translation', 'planning']
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
    routes: ROUTES,
    models: ['small', 'large', 'medium'],
    keys: ['local', 'key-one', 'key-two', 'key-three'],
    texts: ['why does my loop skip every second element', 'translate good luck into Polish'],
    exemplars: ROUTES.map((route, i) => ({ id: `exemplar-${i}`, route })),
  })

const NO_FILTER = {
  ...{ limit: 50, before: null, route: null, reason: null, outcome: null, model: null },
  ...{ principal: null, sessionId: null, below: null, error: null, text: null },
}

const questions = (store: Store): [name: string, ask: () => Promise<unknown>][] => [
  ...Object.keys(RANGES).flatMap((name): [string, () => Promise<unknown>][] => {
    const { grain, fromMs, toMs, stepMs, stepGrain } = timeRange(name, Date.now())
    const whole = { grain, fromMs, toMs }
    return [
      [`${name} by key`, () => store.usage({ ...whole, by: 'principal' })],
      [`${name} over time`, () => store.usageSeries({ ...whole, grain: stepGrain, stepMs })],
      [
        `${name} times by route`,
        () => store.usagePercentiles({ ...whole, by: 'route', stepMs: null }),
      ],
      [
        `${name} times over time`,
        () => store.usagePercentiles({ ...whole, grain: stepGrain, by: 'all', stepMs }),
      ],
    ]
  }),
  ['newest decisions', () => store.searchDecisions(NO_FILTER)],
  ['decisions of a route', () => store.searchDecisions({ ...NO_FILTER, route: 'planning' })],
  ['decisions of a model', () => store.searchDecisions({ ...NO_FILTER, model: 'medium' })],
  ['decisions with a text', () => store.searchDecisions({ ...NO_FILTER, text: 'not there' })],
  ['decisions with an error', () => store.searchDecisions({ ...NO_FILTER, error: 'any' })],
]

const slowest = async (ask: () => Promise<unknown>): Promise<number> => {
  const took: number[] = []
  for (let run = 0; run < RUNS; run++) {
    const startedMs = performance.now()
    await ask()
    took.push(performance.now() - startedMs)
  }
  return Math.max(...took)
}

if (!existsSync(file)) seed()
const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
const store = await createSqliteStore({
  file,
  storeText: 'full',
  flushIntervalMs: 50,
  queueLimit: 1_000,
  logger,
})
const delay = monitorEventLoopDelay({ resolution: 1 })
delay.enable()
const figures: Record<string, number> = {}
for (const [name, ask] of questions(store)) figures[name] = Math.round(await slowest(ask))
delay.disable()
printJson({ decisions, slowestMs: figures, loopGapMs: Math.round(delay.max / 1e6) })
await store.close()
if (process.argv[3] === undefined) rmSync(folder, { recursive: true, force: true })
