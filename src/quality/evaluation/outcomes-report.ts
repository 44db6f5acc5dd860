// How good the choice of models is that is learned from one file of outcomes, on another file: beside no router, plain
// neighbours, the true kinds of prompts and an oracle. Chosen on the training file alone, measured on the test file.
import { gather, type Matrix, takeCols, takeRows } from '../../core/linear/matrix.ts'
import type { Blend } from '../../core/outcomes/blend.ts'
import { aiqOf, apgrOf, type CostQuality } from '../../core/outcomes/cost-quality.ts'
import { nearestOf, neighbourScores } from '../../core/outcomes/neighbour-scores.ts'
import {
  chooseByPrice,
  operatingPoint,
  pointsOf,
  pricesFor,
  singlePoints,
} from '../../core/outcomes/operating-point.ts'
import { estimateOutcomes, fitOutcomeModel } from '../../core/outcomes/outcome-model.ts'
import {
  chosenMean,
  columnMeans,
  type OutcomeTable,
  takeOutcomes,
} from '../../core/outcomes/outcome-table.ts'
import { bootstrapInterval, type Interval } from '../../core/statistics/bootstrap.ts'
import { createRandom, shuffled } from '../../core/statistics/random.ts'

export interface OutcomeSet {
  /** Of `outcomeRows`. */
  rows: Matrix
  table: OutcomeTable
}

export interface OutcomesInput {
  train: OutcomeSet
  test: OutcomeSet
  /** Numbers of the sentence embedding at the beginning of a row. */
  split: number
  /** Whether the files say what answers cost; otherwise using the best model costs 1, and any other nothing. */
  hasCosts: boolean
  /** Share of the training rows on which the operating point is chosen. */
  validation: number
  /** Share of the best single model's quality that is to be kept. */
  target: number
  seed: number
}

export interface OutcomesReport {
  models: string[]
  train_rows: number
  test_rows: number
  blend: Blend
  /** Area under cost and quality, from the cheapest model's cost to the dearest's; null where no costs are known. */
  aiq: number | null
  /** The same of the hull of single models: no router. */
  aiq_zero: number | null
  aiq_oracle: number | null
  /** Choosing by the mean scores of the prompt's true label. */
  aiq_label_means: number | null
  /** Choosing by the mean scores of the k nearest prompts, k by k. */
  aiq_neighbours: Record<string, number> | null
  /** Of two models; null for more. */
  apgr: number | null
  /** The model that is best on the training rows, and what it does on the test rows. */
  best_single: { model: string } & CostQuality
  target: number
  /** On the test rows, at the operating point that was chosen on validation rows. */
  quality: number
  cost: number
  /** 1 − cost / cost of the best single model, at the operating point. */
  saved: number | null
  /** The same at the operating point for all of the best single model's quality. */
  saved_at_equal_quality: number | null
  share: Record<string, number>
  /** 95 %, by resampling the test rows. */
  intervals: Record<'aiq_gain' | 'quality' | 'cost', Interval | null>
}

/** What choosing reads: prompts × models each. */
interface Guesses {
  quality: Matrix
  cost: Matrix
}

const NEIGHBOURS = [5, 40, 160]
const PLAIN = { temperature: 0.05, pseudoCount: 0 }
const RESAMPLES = 300

const rangeOf = (points: readonly CostQuality[]) => ({
  low: Math.min(...points.map(({ cost }) => cost)),
  high: Math.max(...points.map(({ cost }) => cost)),
})

const takeSet = ({ rows, table }: OutcomeSet, chosen: Int32Array): OutcomeSet => ({
  rows: takeRows(rows, chosen),
  table: takeOutcomes(table, chosen),
})

const bestOf = (values: ArrayLike<number>): number => {
  let best = 0
  for (let j = 1; j < values.length; j++)
    if ((values[j] as number) > (values[best] as number)) best = j
  return best
}

const withUnitCosts = (table: OutcomeTable, best: number): OutcomeTable => {
  const { rows, cols } = table.scores
  const data = Float32Array.from({ length: rows * cols }, (_, at) => (at % cols === best ? 1 : 0))
  return { ...table, costs: { rows, cols, data } }
}

/** The choices at every price. */
const sweep = (estimates: Guesses, table: OutcomeTable): Int32Array[] =>
  pricesFor(table).map((price) => chooseByPrice(estimates, price))

const aiqOfChoices = (choices: readonly Int32Array[], table: OutcomeTable): number =>
  aiqOf(
    choices.map((chosen) => pointsOf(chosen, table)),
    rangeOf(singlePoints(table)),
  )

const labelMeans = (train: OutcomeTable, test: OutcomeTable): Matrix => {
  const overall = columnMeans(train.scores)
  const means = new Map<string, Float64Array>()
  for (const label of new Set(test.labels)) {
    const rows = Int32Array.from([...train.labels.keys()].filter((i) => train.labels[i] === label))
    means.set(label, rows.length === 0 ? overall : columnMeans(takeRows(train.scores, rows)))
  }
  const data = Float32Array.from(test.labels.flatMap((label) => [...(means.get(label) ?? overall)]))
  return { ...test.scores, data }
}

const constantCosts = (train: OutcomeTable, test: OutcomeTable): Matrix => {
  const means = columnMeans(train.costs)
  const data = Float32Array.from(test.costs.data, (_, at) => means[at % test.costs.cols] as number)
  return { ...test.costs, data }
}

const neighbourQuality = (k: number, { train, test, split }: OutcomesInput): Matrix => {
  const part = (rows: Matrix) => takeCols(rows, 0, split)
  const found = Math.min(k, train.rows.rows)
  const nearest = nearestOf(part(test.rows), part(train.rows), found)
  return neighbourScores(nearest, train.table.scores, { k: found, ...PLAIN })
}

/** What other ways of choosing would have. */
const besides = (input: OutcomesInput) => {
  const { train, test } = input
  const cost = constantCosts(train.table, test.table)
  const aiq = (quality: Matrix, costs = cost) =>
    aiqOfChoices(sweep({ quality, cost: costs }, test.table), test.table)
  return {
    aiq_zero: aiqOf(singlePoints(test.table), rangeOf(singlePoints(test.table))),
    aiq_oracle: aiq(test.table.scores, test.table.costs),
    aiq_label_means: aiq(labelMeans(train.table, test.table)),
    aiq_neighbours: Object.fromEntries(
      NEIGHBOURS.map((k) => [String(k), aiq(neighbourQuality(k, input))]),
    ),
  }
}

/** Prices at which a model fitted on some rows keeps shares of the best single model's quality on the others. */
const pricesOfTargets = (
  { train, split, seed, validation }: OutcomesInput,
  targets: readonly number[],
): number[] => {
  const order = shuffled([...Array(train.rows.rows).keys()], createRandom(seed))
  const held = Math.max(1, Math.round(order.length * validation))
  const unseen = takeSet(train, Int32Array.from(order.slice(0, held)))
  const known = takeSet(train, Int32Array.from(order.slice(held)))
  const estimates = estimateOutcomes(fitOutcomeModel({ ...known, split, seed }), unseen.rows)
  const best = bestOf(columnMeans(train.table.scores))
  const quality = columnMeans(unseen.table.scores)[best] as number
  return targets.map((target) => operatingPoint(estimates, unseen.table, target * quality).price)
}

const apgr = ({ quality }: Guesses, { scores }: OutcomeTable, strong: number): number => {
  const column = ({ data }: Matrix, j: number) => data.filter((_, at) => at % 2 === j)
  const [a, b] = [column(quality, strong), column(quality, 1 - strong)]
  const gain = a.map((value, i) => value - (b[i] as number))
  return apgrOf(gain, { strong: column(scores, strong), weak: column(scores, 1 - strong) })
}

const intervalsOf = (
  choices: readonly Int32Array[],
  chosen: Int32Array,
  { table }: OutcomeSet,
  seed: number,
) => {
  const resampled = (statistic: (rows: Int32Array) => number): Interval | null =>
    bootstrapInterval(table.scores.rows, statistic, {
      random: createRandom(seed),
      samples: RESAMPLES,
    })
  const at = (rows: Int32Array): OutcomeTable => ({
    ...table,
    scores: takeRows(table.scores, rows),
    costs: takeRows(table.costs, rows),
  })
  return {
    aiq_gain: resampled((rows) => {
      const drawn = at(rows)
      const single = singlePoints(drawn)
      return (
        aiqOfChoices(
          choices.map((choice) => gather(choice, rows)),
          drawn,
        ) - aiqOf(single, rangeOf(single))
      )
    }),
    quality: resampled((rows) => chosenMean(takeRows(table.scores, rows), gather(chosen, rows))),
    cost: resampled((rows) => chosenMean(takeRows(table.costs, rows), gather(chosen, rows))),
  }
}

const sharesOf = (chosen: Int32Array, models: readonly string[]): Record<string, number> => {
  const counts = models.map((_, j) => chosen.filter((model) => model === j).length)
  return Object.fromEntries(
    models.map((model, j) => [model, (counts[j] as number) / chosen.length]),
  )
}

export const outcomesReport = (given: OutcomesInput): OutcomesReport => {
  const best = bestOf(columnMeans(given.train.table.scores))
  const costed = ({ rows, table }: OutcomeSet): OutcomeSet => ({
    rows,
    table: given.hasCosts ? table : withUnitCosts(table, best),
  })
  const input = { ...given, train: costed(given.train), test: costed(given.test) }
  const { train, test, split, seed, hasCosts, target } = input
  const { models } = train.table
  const [price = 0, equalPrice = 0] = pricesOfTargets(input, [target, 1])
  const model = fitOutcomeModel({ ...train, split, seed })
  const estimates = estimateOutcomes(model, test.rows)
  const choices = sweep(estimates, test.table)
  const chosen = chooseByPrice(estimates, price)
  const served = pointsOf(chosen, test.table)
  const equal = pointsOf(chooseByPrice(estimates, equalPrice), test.table)
  const single = singlePoints(test.table)[best] as CostQuality
  const others = besides(input)
  const none = { aiq_zero: null, aiq_oracle: null, aiq_label_means: null, aiq_neighbours: null }
  return {
    models: [...models],
    train_rows: train.rows.rows,
    test_rows: test.rows.rows,
    blend: model.blend,
    aiq: hasCosts ? aiqOfChoices(choices, test.table) : null,
    ...(hasCosts ? others : none),
    apgr: models.length === 2 ? apgr(estimates, test.table, best) : null,
    best_single: { model: models[best] as string, ...single },
    target,
    ...served,
    saved: hasCosts ? 1 - served.cost / single.cost : null,
    saved_at_equal_quality: hasCosts ? 1 - equal.cost / single.cost : null,
    share: sharesOf(chosen, models),
    intervals: intervalsOf(choices, chosen, test, seed),
  }
}
