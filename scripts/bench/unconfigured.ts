// `npm run bench:unconfigured`: an index built for all routes, a configuration that holds only some of them. How many prompts of
// the routes that are not configured are served as another, and how far off the confidence of what is matched is; by the
// rules in force and by those before them.
import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../src/config/config-schema.ts'
import { projectRoot } from '../../src/config/project-root.ts'
import { confidenceIn, decideTurn, routePolicy } from '../../src/core/decide/decide-turn.ts'
import { CURRENT_RECIPE } from '../../src/core/decide/recipe.ts'
import { createRandom, type Random, shuffled } from '../../src/core/statistics/random.ts'
import { type Classification, NONE_ROUTE, type Recipe } from '../../src/core/types.ts'
import type { Generation } from '../../src/vector-index/generation.ts'
import { writeTraining } from '../rig/training-files.ts'
import { note, percent } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'
import { askFor, openStore } from './bench-pipeline.ts'
import { type BenchRouter, createBenchRouter } from './bench-router.ts'
import { benchConfig, countOption, runBench } from './harness.ts'
import { readJsonLines } from './read-json-lines.ts'

interface Options {
  prompts: number
  subsets: number
}

interface Labelled {
  text: string
  route: string
}

const MOST_SHARE = 0.05
const BINS = 15

/** The held-out file, and exemplars that are taken out of the training data until there are enough prompts. */
const splitTraining = async (
  dir: string,
  wanted: number,
): Promise<{ trainingDir: string; heldOut: Labelled[] }> => {
  const source = join(projectRoot(), 'training-data')
  const names = (await readdir(source)).filter((name) => name.endsWith('.jsonl'))
  const fixed = await readJsonLines<Labelled>(join(source, 'held-out.jsonl'))
  const files = names.filter((name) => name !== 'held-out.jsonl')
  const exemplars = (
    await Promise.all(files.map((name) => readJsonLines<Labelled>(join(source, name))))
  ).flat()
  const out = Math.max(0, wanted - fixed.length)
  const mixed = shuffled(exemplars, createRandom(1))
  const trainingDir = join(dir, 'training-data')
  const kept: Record<string, Labelled[]> = {}
  for (const row of mixed.slice(out)) {
    const name = `${row.route}.jsonl`
    kept[name] = [...(kept[name] ?? []), row]
  }
  await writeTraining(trainingDir, kept)
  return { trainingDir, heldOut: [...fixed, ...mixed.slice(0, out)] }
}

const classifyAll = async (
  router: BenchRouter,
  { config, folder, rows }: { config: Config; folder: string; rows: readonly Labelled[] },
): Promise<(Classification | null)[]> => {
  const store = await openStore(join(folder, 'bench.db'), 'off')
  try {
    const pipeline = await router.pipeline(config, store)
    const classified: (Classification | null)[] = []
    for (const { text } of rows) {
      classified.push((await pipeline.route(askFor(text))).classification)
    }
    return classified
  } finally {
    await store.close()
  }
}

/** At least two of the trained routes, and never all of them; the default route stays. */
const subsetOf = (config: Config, random: Random): Config['routes'] => {
  const { [config.default_route]: home, ...others } = config.routes
  const names = shuffled(Object.keys(others), random)
  const kept = names.slice(0, 2 + Math.floor(random() * (names.length - 2)))
  const chosen = Object.fromEntries(kept.map((name) => [name, others[name]]))
  return { ...chosen, [config.default_route]: home } as Config['routes']
}

interface Counts {
  unconfigured: number
  /** Of those, served as another route. */
  matchedWrongly: number
  /** Of all that is matched: confidence, and whether it was right. */
  matched: { confidence: number; isRight: boolean }[]
}

/** Expected calibration error over bins of equal width. */
const calibrationError = (matched: Counts['matched']): number => {
  const gaps = Array.from({ length: BINS }, () => 0)
  for (const { confidence, isRight } of matched) {
    const bin = Math.min(BINS - 1, Math.floor(confidence * BINS))
    gaps[bin] = (gaps[bin] as number) + confidence - (isRight ? 1 : 0)
  }
  return gaps.reduce((sum, gap) => sum + Math.abs(gap), 0) / Math.max(1, matched.length)
}

interface Decided {
  rows: readonly Labelled[]
  classified: readonly (Classification | null)[]
  generation: Generation
}

const countUnder = (
  { rows, classified, generation }: Decided,
  config: Pick<Config, 'routes' | 'default_route'>,
  recipe: Recipe,
): Counts => {
  const policy = routePolicy(config, generation.classifier, recipe)
  const counts: Counts = { unconfigured: 0, matchedWrongly: 0, matched: [] }
  const requested = { kind: 'auto' } as const
  for (const [i, { route: label }] of rows.entries()) {
    const turn = { requested, own: classified[i] ?? null, inherited: null, degradedBy: null }
    const made = decideTurn(turn, policy)
    const isMatched = made.reason === 'matched'
    const isUnconfigured = label !== NONE_ROUTE && !policy.routes.has(label)
    if (isUnconfigured) counts.unconfigured += 1
    if (isUnconfigured && isMatched) counts.matchedWrongly += 1
    const confidence = confidenceIn(made, made.route) ?? 0
    if (isMatched) counts.matched.push({ confidence, isRight: made.route === label })
  }
  return counts
}

const measure = (decided: Decided, subsets: readonly Config['routes'][], recipe: Recipe) => {
  const defaultRoute = benchConfig().default_route
  const all = subsets.map((routes) =>
    countUnder(decided, { routes, default_route: defaultRoute }, recipe),
  )
  const sum = (of: (counts: Counts) => number) => all.reduce((total, one) => total + of(one), 0)
  const shares = all.map(({ matchedWrongly, unconfigured }) => matchedWrongly / unconfigured)
  const errors = all.map(({ matched }) => calibrationError(matched))
  return {
    recipe,
    unconfigured: sum(({ unconfigured }) => unconfigured),
    matchedShare: sum(({ matchedWrongly }) => matchedWrongly) / sum((one) => one.unconfigured),
    worstMatchedShare: Math.max(...shares),
    matched: sum(({ matched }) => matched.length),
    calibrationError: calibrationError(all.flatMap(({ matched }) => matched)),
    worstCalibrationError: Math.max(...errors),
  }
}

const run = async ({ prompts, subsets }: Options, folder: string) => {
  const config = benchConfig({ training: { gate: { enabled: false } } })
  const { trainingDir, heldOut: rows } = await splitTraining(folder, prompts)
  const router = await createBenchRouter(folder, config)
  try {
    note(`generation ${await router.build(config, trainingDir)}`)
    const generation = router.generation()
    if (!generation) throw new Error('The generation that was built does not serve.')
    const classified = await classifyAll(router, { config, folder, rows })
    const random = createRandom(2)
    const chosen = Array.from({ length: subsets }, () => subsetOf(config, random))
    const decided = { rows, classified, generation }
    const rules = [CURRENT_RECIPE, 1 as const].map((recipe) => measure(decided, chosen, recipe))
    return { prompts: rows.length, subsets, exemplars: generation.exemplars.length, rules }
  } finally {
    await router.close()
  }
}

await runBench({
  name: 'bench:unconfigured',
  description: 'Serve prompts of routes that are not configured, and count how many are matched.',
  options: [
    countOption('--prompts <n>', 'held out of the index', 2_100),
    countOption('--subsets <n>', 'random subsets of the configured routes', 20),
  ],
  isTimed: false,
  run,
  describe: ({ prompts, subsets, exemplars, rules }) => [
    `${prompts} prompts that the index has not seen, ${exemplars} exemplars, ${subsets} random subsets of the routes`,
    ...table([
      ['rules', 'of routes not configured', 'matched', 'worst', 'calibration error', 'worst'],
      ...rules.map((one) => [
        `version ${one.recipe}`,
        String(one.unconfigured),
        percent(one.matchedShare),
        percent(one.worstMatchedShare),
        percent(one.calibrationError),
        percent(one.worstCalibrationError),
      ]),
    ]),
  ],
  isMet: ({ rules: [now] }) =>
    now !== undefined && now.matchedShare <= MOST_SHARE && now.calibrationError <= MOST_SHARE,
})
