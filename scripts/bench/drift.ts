// `npm run bench:drift`: how soon alerts of quality find that a quarter of the traffic is replaced, and how often they begin
// without cause, on real prompts that the shipped index classifies. Half of the ordinary prompts are the baseline, and the
// others come, so that no row is in both.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Option } from 'commander'
import { shapeRowOf } from '../../src/alerts/tally.ts'
import { loadConfig } from '../../src/config/load-config.ts'
import { createQualityWatch, type QualityWatch } from '../../src/core/alerting/quality-watch.ts'
import { type ShapeRow, shapeOf } from '../../src/core/alerting/traffic-shape.ts'
import { createRandom, type Random, shuffled } from '../../src/core/statistics/random.ts'
import { createRouter } from '../../src/index.ts'
import { note } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'
import { countOption, runBench } from './harness.ts'
import { median } from './summary.ts'

interface Options {
  sets: string
  rows?: string
  draws: number
  most: number
}

/** By name of the set. */
type Rows = Record<string, ShapeRow[]>

const ORDINARY = ['outside.dev', 'outside-more.dev']
const OTHERS = [
  'banking77.dev',
  'clinc150.dev',
  'clinc150.oos-dev',
  'clinc150.oos-train',
  'outcomes.mmlu-pro.train',
  'outcomes.mmlu-pair.train',
  'outcomes.reasoning.train',
  'task-routes.dev',
]
const SHARE = 0.25
const SETTLED = 2_000
const LOOKED_FOR = 1_000
const WITHIN = 500
const QUIET_DAYS = 30
const A_DAY = 1_000
/** By how much the largest part of a day's traffic grows and shrinks. */
const SWINGS = [0, 0.03, 0.05, 0.1]
const LEAST_ROWS = 20

const textsIn = (file: string, most: number): string[] => {
  const lines = readFileSync(file, 'utf8').trim().split('\n')
  const texts = lines.map((line) => String((JSON.parse(line) as { text: unknown }).text))
  return shuffled(texts, createRandom(7)).slice(0, most)
}

/** The machine may be busy: nothing is classified too late here. */
const classifyAll = async ({ sets, most }: Options): Promise<Rows> => {
  const loaded = loadConfig({ env: {}, cwd: '/' })
  Object.assign(loaded.config.encoder, { deadline_ms: 60_000 })
  const router = await createRouter({ loaded })
  const rows: Rows = {}
  for (const name of [...ORDINARY, ...OTHERS]) {
    note(`classifying ${name}`)
    const few = ORDINARY.includes(name) ? Number.POSITIVE_INFINITY : most
    const texts = textsIn(join(sets, `${name}.jsonl`), few)
    const found: ShapeRow[] = []
    for (const text of texts) {
      const row = shapeRowOf(await router.route(text))
      if (row) found.push(row)
    }
    rows[name] = found
  }
  await router.close()
  return rows
}

/** To classify takes long; the rows of an earlier run hold no prompt, only what the classifier said. */
const rowsOf = async (options: Options): Promise<Rows> => {
  const { rows: file, sets } = options
  if (file !== undefined && existsSync(file)) return JSON.parse(readFileSync(file, 'utf8')) as Rows
  if (!existsSync(join(sets, `${ORDINARY[0]}.jsonl`))) {
    throw new Error(`${sets} holds no ${ORDINARY[0]}.jsonl; --sets names the folder of it.`)
  }
  const rows = await classifyAll(options)
  if (file !== undefined) writeFileSync(file, JSON.stringify(rows))
  return rows
}

const pick = <T>(rows: readonly T[], random: Random): T =>
  rows[Math.floor(random() * rows.length)] as T

/** A watch over half of the rows, and the other half, which is to come. */
const halves = (rows: ShapeRow[], random: Random): { watch: QualityWatch; come: ShapeRow[] } => {
  const mixed = shuffled(rows, random)
  const half = Math.floor(mixed.length / 2)
  return { watch: createQualityWatch(shapeOf(mixed.slice(0, half))), come: mixed.slice(half) }
}

const keysOf = (watch: QualityWatch): string[] =>
  watch.alarms().map(({ kind, subject }) => `${kind} ${subject}`)

/** Prompts until an alarm begins; infinite where none does. */
const rowsUntil = (ordinary: ShapeRow[], other: ShapeRow[], seed: number): number => {
  const random = createRandom(seed)
  const { watch, come } = halves(ordinary, random)
  for (let n = 0; n < SETTLED; n += 1) watch.add(pick(come, random))
  const before = new Set(keysOf(watch))
  for (let n = 1; n <= LOOKED_FOR; n += 1) {
    watch.add(random() < SHARE ? pick(other, random) : pick(come, random))
    if (keysOf(watch).some((key) => !before.has(key))) return n
  }
  return Number.POSITIVE_INFINITY
}

/** Kinds of the alarms that begin in quiet days; by day there is more of one route than by night. */
const quietAlarms = (ordinary: ShapeRow[], swing: number, seed: number): string[] => {
  const random = createRandom(seed)
  const { watch, come } = halves(ordinary, random)
  const favoured = come.filter(({ top }) => top === come[0]?.top)
  let before = new Set<string>()
  const begun: string[] = []
  for (let n = 0; n < QUIET_DAYS * A_DAY; n += 1) {
    const more = swing * Math.sin(((n % A_DAY) / A_DAY) * 2 * Math.PI)
    watch.add(pick(random() < more ? favoured : come, random))
    if (n % 20 !== 0) continue
    const now = keysOf(watch)
    begun.push(...now.filter((key) => !before.has(key)))
    before = new Set(now)
  }
  return begun
}

const seeds = (draws: number, from: number): number[] =>
  Array.from({ length: draws }, (_, i) => from + i * 17)

/** Other sets, and each route's own prompts, as what takes a quarter of the traffic. */
const strangersOf = (rows: Record<string, ShapeRow[]>, ordinary: ShapeRow[]) => {
  const routes = [...new Set(ordinary.map(({ top }) => top ?? 'none'))].sort()
  return [
    ...OTHERS.map((name) => [name, rows[name] ?? []] as const),
    ...routes.map(
      (route) => [`all of it ${route}`, ordinary.filter(({ top }) => top === route)] as const,
    ),
  ].filter(([, own]) => own.length >= LEAST_ROWS)
}

const run = async (options: Options) => {
  const rows = await rowsOf(options)
  const ordinary = ORDINARY.flatMap((name) => rows[name] ?? [])
  const found = strangersOf(rows, ordinary).map(([name, other]) => {
    const taken = seeds(options.draws, 9_000).map((seed) => rowsUntil(ordinary, other, seed))
    const within = taken.filter((n) => n <= WITHIN).length
    const later = taken.filter((n) => n <= LOOKED_FOR).length
    return { name, within, later, median: median(taken) }
  })
  const quiet = SWINGS.map((swing) => ({
    swing,
    alarms: seeds(options.draws, 500).map((seed) => quietAlarms(ordinary, swing, seed)),
  }))
  return { ordinary: ordinary.length, draws: options.draws, found, quiet }
}

type Result = Awaited<ReturnType<typeof run>>

const kindOf = (key: string): string => key.split(' ')[0] ?? ''

const describe = ({ ordinary, draws, found, quiet }: Result): string[] => [
  `${ordinary} ordinary prompts; ${draws} draws of each`,
  ...table([
    ['a quarter is', `within ${WITHIN}`, `within ${LOOKED_FOR}`, 'median'],
    ...found.map(({ name, within, later, median: middle }) => [
      name,
      String(within),
      String(later),
      Number.isFinite(middle) ? String(middle) : '–',
    ]),
  ]),
  '',
  ...quiet.map(({ swing, alarms }) => {
    const few = alarms.filter((begun) => begun.length <= 1).length
    const kinds = [...new Set(alarms.flat().map(kindOf))].sort()
    const named = kinds.map((kind) => {
      const counts = alarms.map((begun) => begun.filter((key) => kindOf(key) === kind).length)
      const all = counts.reduce((sum, count) => sum + count, 0)
      return `${all} ${kind} (at most ${Math.max(...counts)} in one)`
    })
    return `${QUIET_DAYS} quiet days of ${A_DAY} prompts, daily swing ${swing}: at most one alarm in ${few} of ${draws} draws; ${named.join(', ') || 'none'}`
  }),
]

await runBench<Options, Result>({
  name: 'bench:drift',
  description: 'Measure how soon drift of real prompts is found, and false alarms.',
  options: [
    new Option('--sets <folder>', 'of the labelled sets').default('../shared/data'),
    new Option('--rows <file>', 'what was made of them: read where it is there, else written'),
    countOption('--draws <n>', 'of each', 20),
    countOption('--most <n>', 'prompts of each other set', 400),
  ],
  run,
  describe,
  isTimed: false,
})
