// How good the choice of models is that is learned from one file of outcomes, on another file: beside no router, plain
// neighbours, the true kinds of prompts and an oracle. Chosen on the training file alone, measured on the test file.
import { gather, takeRows } from '../../core/linear/matrix.ts'
import type { Blend } from '../../core/outcomes/blend.ts'
import type { CostQuality } from '../../core/outcomes/cost-quality.ts'
import { lowerBounds } from '../../core/outcomes/learned-outcomes.ts'
import { chooseByPrice, pointsOf, singlePoints } from '../../core/outcomes/operating-point.ts'
import {
  type Estimates,
  estimateOutcomes,
  fitWithUnseen,
} from '../../core/outcomes/outcome-model.ts'
import {
  chosenMean,
  columnMeans,
  type OutcomeTable,
  takeOutcomes,
} from '../../core/outcomes/outcome-table.ts'
import { priceLadder, stepForQuality } from '../../core/outcomes/price-ladder.ts'
import { bootstrapInterval, type Interval } from '../../core/statistics/bootstrap.ts'
import { createRandom, shuffled } from '../../core/statistics/random.ts'
import {
  aiqOfChoices,
  aiqOfSingles,
  apgrOfGuesses,
  bestOf,
  type Guesses,
  sweep,
  withUnitCosts,
} from './outcome-curve.ts'
import { type OutcomeSet, type RivalsInput, rivalsOf } from './outcome-rivals.ts'

export interface OutcomesInput extends RivalsInput {
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

const RESAMPLES = 300

/** Prices that keep shares of the best single model's quality on rows that the estimates have not seen. */
const pricesOfTargets = (
  { train, seed, validation }: OutcomesInput,
  unseen: Estimates,
  targets: readonly number[],
): number[] => {
  const order = shuffled([...Array(train.rows.rows).keys()], createRandom(seed))
  const held = Int32Array.from(order.slice(0, Math.max(1, Math.round(order.length * validation))))
  const { quality, cost } = lowerBounds(unseen)
  const estimates = { quality: takeRows(quality, held), cost: takeRows(cost, held) }
  const table = takeOutcomes(train.table, held)
  const ladder = priceLadder({ estimates, table }, bestOf(columnMeans(train.table.scores)))
  return targets.map((target) => stepForQuality(ladder, target).price)
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
      return (
        aiqOfChoices(
          choices.map((choice) => gather(choice, rows)),
          drawn,
        ) - aiqOfSingles(drawn)
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

/** What answers cost: where the files do not say it, 1 for the best single model's and nothing for any other's. */
const withCosts = (given: OutcomesInput): OutcomesInput => {
  if (given.hasCosts) return given
  const best = bestOf(columnMeans(given.train.table.scores))
  const costed = ({ rows, table }: OutcomeSet): OutcomeSet => ({
    rows,
    table: withUnitCosts(table, best),
  })
  return { ...given, train: costed(given.train), test: costed(given.test) }
}

/** Areas of what stands beside the learned choice. */
const rivalAreas = (
  input: OutcomesInput,
): Pick<OutcomesReport, 'aiq_zero' | 'aiq_oracle' | 'aiq_label_means' | 'aiq_neighbours'> => {
  if (!input.hasCosts) {
    return { aiq_zero: null, aiq_oracle: null, aiq_label_means: null, aiq_neighbours: null }
  }
  const { table } = input.test
  const rivals = rivalsOf(input)
  const aiq = (guesses: Guesses): number => aiqOfChoices(sweep(guesses, table), table)
  return {
    aiq_zero: aiqOfSingles(table),
    aiq_oracle: aiq(rivals.oracle),
    aiq_label_means: aiq(rivals.labels),
    aiq_neighbours: Object.fromEntries(
      Object.entries(rivals.neighbours).map(([k, guesses]) => [k, aiq(guesses)]),
    ),
  }
}

export const outcomesReport = (given: OutcomesInput): OutcomesReport => {
  const best = bestOf(columnMeans(given.train.table.scores))
  const input = withCosts(given)
  const { train, test, split, seed, hasCosts, target } = input
  const { models } = train.table
  const { model, unseen } = fitWithUnseen({ ...train, split, seed })
  const [price = 0, equalPrice = 0] = pricesOfTargets(input, unseen, [target, 1])
  const estimates = estimateOutcomes(model, test.rows)
  const choices = sweep(estimates, test.table)
  const lower = lowerBounds(estimates)
  const chosen = chooseByPrice(lower, price)
  const served = pointsOf(chosen, test.table)
  const equal = pointsOf(chooseByPrice(lower, equalPrice), test.table)
  const single = singlePoints(test.table)[best] as CostQuality
  return {
    models: [...models],
    train_rows: train.rows.rows,
    test_rows: test.rows.rows,
    blend: model.blend,
    aiq: hasCosts ? aiqOfChoices(choices, test.table) : null,
    ...rivalAreas(input),
    apgr: models.length === 2 ? apgrOfGuesses(estimates.quality, test.table, best) : null,
    best_single: { model: models[best] as string, ...single },
    target,
    ...served,
    saved: hasCosts ? 1 - served.cost / single.cost : null,
    saved_at_equal_quality: hasCosts ? 1 - equal.cost / single.cost : null,
    share: sharesOf(chosen, models),
    intervals: intervalsOf(choices, chosen, test, seed),
  }
}
