// `npm run bench:outcomes`: what choosing a model by learned outcomes is worth on public files of outcomes, beside other ways
// of choosing; whether a target is kept; how often a paraphrase gets another model. Fitted on 70 % of the rows of each file.
import { join } from 'node:path'
import { projectRoot } from '../../../src/config/project-root.ts'
import { stackRows } from '../../../src/core/linear/matrix.ts'
import { lowerBounds } from '../../../src/core/outcomes/learned-outcomes.ts'
import { chooseByPrice, pointsOf } from '../../../src/core/outcomes/operating-point.ts'
import { estimateOutcomes, fitWithUnseen } from '../../../src/core/outcomes/outcome-model.ts'
import { priceLadder, stepForQuality } from '../../../src/core/outcomes/price-ladder.ts'
import { readPairs } from '../../../src/quality/evaluation/pair-file.ts'
import { type EvalSession, openSession } from '../../report/eval/session.ts'
import { withContext } from '../../terminal/context.ts'
import { percent } from '../../terminal/output.ts'
import { table } from '../../terminal/table.ts'
import { countOption, runBench, setsOption, verdict } from '../harness.ts'
import { type ChosenFlips, chosenFlips } from './chosen-flips.ts'
import { type Contender, contendersOf } from './contenders.ts'
import { type FitTime, measureFit } from './fit-time.ts'
import { describeFresh, type FreshSet, freshSet } from './fresh-targets.ts'
import { KEPT, type KeptTarget, keptTargets } from './kept-targets.ts'
import { embedRows, type OutcomesToMeasure, openOutcomes } from './outcome-sets.ts'

interface Options {
  set: string[]
  /** Made-up prompts, instead of the sets. */
  fit?: number
  /** Splits on which everything is fitted anew, instead of all else. */
  fresh?: number
  splits: number
  seed: number
}

interface SetResult {
  name: string
  rows: { train: number; test: number }
  fitSeconds: number
  contenders: Contender[]
  /** At the price that keeps the best model's quality on the training rows, out of fold. */
  equalQuality: { quality: number; bestQuality: number; saved: number }
  targets: KeptTarget[]
  /** At the price for 98 % of the best model's quality. */
  flips: ChosenFlips
}

/** What the project wants to reach: AIQ over no router, share saved at equal quality, APGR. */
const GOALS: Record<string, { gain?: number; saved?: number; apgr?: number }> = {
  'mmlu-pro': { gain: 0.025, saved: 0.35 },
  reasoning: { gain: 0.015 },
  'mmlu-pair': { apgr: 0.69 },
}
const MOST_FLIPS = 0.1
const FLIPS_AT = 0.98

const pairRows = async (session: EvalSession) => {
  const pairs = await readPairs(join(projectRoot(), 'test', 'quality', 'paraphrases.jsonl'))
  const side = (texts: string[]) => embedRows(session, texts, 'Embedding pairs')
  return stackRows([await side(pairs.map(({ a }) => a)), await side(pairs.map(({ b }) => b))])
}

const measure = async (
  set: OutcomesToMeasure,
  session: EvalSession,
  { splits, seed }: Options,
): Promise<SetResult> => {
  const { name, train, test, split, best } = set
  const started = performance.now()
  const { model, unseen } = fitWithUnseen({ ...train, split, seed })
  const fitSeconds = (performance.now() - started) / 1_000
  const estimates = estimateOutcomes(model, test.rows)
  const ladder = priceLadder({ estimates: lowerBounds(unseen), table: train.table }, best)
  const priceOf = (target: number) => stepForQuality(ladder, target).price
  const equal = pointsOf(chooseByPrice(lowerBounds(estimates), priceOf(1)), test.table)
  const single = pointsOf(new Int32Array(test.rows.rows).fill(best), test.table)
  return {
    ...{ name, fitSeconds, rows: { train: train.rows.rows, test: test.rows.rows } },
    contenders: contendersOf(set, estimates, seed),
    equalQuality: {
      quality: equal.quality,
      bestQuality: single.quality,
      saved: 1 - equal.cost / single.cost,
    },
    targets: keptTargets({
      estimates: lowerBounds(unseen),
      table: train.table,
      best,
      splits,
      seed,
    }),
    flips: chosenFlips(set, model, { rows: await pairRows(session), price: priceOf(FLIPS_AT) }),
  }
}

interface Result {
  sets: SetResult[]
  fresh: FreshSet[]
  fit: FitTime | null
}

const run = async (options: Options): Promise<Result> => {
  const { fit, fresh, seed } = options
  const result: Result = { sets: [], fresh: [], fit: null }
  if (fit !== undefined) return { ...result, fit: measureFit(fit, seed) }
  return withContext(async (context) => {
    const session = await openSession(context, {})
    for (const name of options.set) {
      const set = await openOutcomes(session, name, seed)
      if (!set) continue
      if (fresh !== undefined) result.fresh.push(freshSet(set, { splits: fresh, seed }))
      else result.sets.push(await measure(set, session, options))
    }
    return result
  })
}

const figure = (value: number | null, digits = 4): string =>
  value === null ? '–' : value.toFixed(digits)

const contenderTable = (contenders: readonly Contender[]): string[] =>
  table([
    ['', 'AIQ', 'over no router', '95 %', 'RouterArena', 'APGR'],
    ...contenders.map(({ name, aiq, gain, interval, arena, apgr }) => [
      name,
      figure(aiq),
      figure(gain),
      interval === null ? '–' : `${figure(interval[0])} to ${figure(interval[1])}`,
      figure(arena, 2),
      figure(apgr),
    ]),
  ])

interface Goal {
  what: string
  reached: number
  goal: number
  isMet: boolean
}

const goalsOf = ({ name, contenders, equalQuality, targets, flips }: SetResult): Goal[] => {
  const { gain, saved, apgr } = GOALS[name] ?? {}
  const [learned] = contenders
  const atLeast = (what: string, reached: number, goal: number | undefined): Goal[] =>
    goal === undefined ? [] : [{ what, reached, goal, isMet: reached >= goal }]
  const least = Math.min(...targets.map(({ kept }) => kept))
  const flipped = { reached: flips.learned, goal: MOST_FLIPS, isMet: flips.learned <= MOST_FLIPS }
  return [
    ...atLeast('gain in AIQ over no router', learned?.gain ?? 0, gain),
    ...atLeast('share saved at equal quality', equalQuality.saved, saved),
    ...atLeast('APGR', learned?.apgr ?? 0, apgr),
    ...atLeast('share of halves that keep the target', least, KEPT),
    { what: 'share of paraphrases that get another model', ...flipped },
  ]
}

const targetTable = (targets: readonly KeptTarget[]): string[] =>
  table([
    ['target', 'at most a point below', 'within a point', 'were it right on average', 'saved'],
    ...targets.map(({ target, kept, near, nearAtBest, saved }) =>
      [target, kept, near, nearAtBest, saved].map((value) => percent(value)),
    ),
  ])

const describeSet = (result: SetResult): string[] => {
  const { name, rows, fitSeconds, contenders, equalQuality, targets, flips } = result
  const near = Object.entries(flips.neighbours).map(
    ([k, share]) => `${k} neighbours ${percent(share)}`,
  )
  return [
    '',
    `${name}: ${rows.train} rows to learn from (fitted in ${fitSeconds.toFixed(1)} s), ${rows.test} to measure on`,
    ...contenderTable(contenders),
    `At equal quality: ${figure(equalQuality.quality)} against the best model's ${figure(equalQuality.bestQuality)}, saved ${percent(equalQuality.saved)}`,
    ...targetTable(targets),
    `Paraphrases that get another model, at ${percent(FLIPS_AT)}: ${percent(flips.learned)} (${near.join(', ')}, one model always 0)`,
    ...goalsOf(result).map(
      ({ what, reached, goal, isMet }) =>
        `${what}: ${figure(reached)}, goal ${goal}: ${verdict(isMet)}`,
    ),
  ]
}

const describeFit = ({ prompts, models, cpuSeconds, peakMegabytes }: FitTime): string =>
  `${prompts} prompts of ${models} models: ${cpuSeconds.toFixed(0)} s of CPU, ${peakMegabytes.toFixed(0)} MB at most`

await runBench<Options, Result>({
  name: 'bench:outcomes',
  description: 'What choosing a model by learned outcomes is worth, on public files of outcomes.',
  options: [
    setsOption('files ../shared/data/outcomes.NAME.train.jsonl', [
      'mmlu-pro',
      'reasoning',
      'mmlu-pair',
    ]),
    countOption('--fit <n>', 'how long a fit of so many made-up prompts takes, and nothing else'),
    countOption(
      '--fresh <n>',
      'random splits on which targets are tried with fits of their own, and nothing else',
    ),
    countOption('--splits <n>', 'random halves on which targets are tried', 50),
    countOption('--seed <n>', 'of splits, folds and resamples', 1),
  ],
  run,
  describe: ({ sets, fresh, fit }) =>
    fit ? [describeFit(fit)] : [...fresh.flatMap(describeFresh), ...sets.flatMap(describeSet)],
  isMet: ({ sets, fresh }) =>
    sets.every((result) => goalsOf(result).every(({ isMet }) => isMet)) &&
    fresh.every(({ targets }) => targets.every(({ kept }) => kept >= KEPT)),
  isTimed: false,
})
