// Is a target kept? A price is solved on one half of the rows for a share of the best model's quality, as the server solves it, and
// measured on the other half, over many random halves. Estimates are by parts that have not seen a row.
import { type Matrix, takeRows } from '../../../src/core/linear/matrix.ts'
import type { Unseen } from '../../../src/core/outcomes/learned-outcomes.ts'
import { chooseByPrice, pointsOf } from '../../../src/core/outcomes/operating-point.ts'
import { takeOutcomes } from '../../../src/core/outcomes/outcome-table.ts'
import { priceLadder, stepForQuality } from '../../../src/core/outcomes/price-ladder.ts'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'

export interface KeptTarget {
  /** Share of the best model's quality. */
  target: number
  /** Share of the halves where the quality is no more than a point below the target. */
  kept: number
  /** Share where it is within a point on either side. */
  near: number
  /** The same, had the mean over all halves been the target itself: what the size of a half allows. */
  nearAtBest: number
  /** Mean of quality less target. */
  over: number
  /** Mean of 1 − cost / cost of the best model. */
  saved: number
}

export interface TargetsInput extends Unseen {
  best: number
  splits: number
  seed: number
}

/** Share of the trials in which a target is to be kept. */
export const KEPT = 0.9
export const TARGETS = [0.9, 0.95, 0.98, 1]
const POINT = 0.01

export interface Trial {
  /** Quality less target, on rows that the price was not solved on. */
  off: number
  saved: number
}

const partOf = ({ estimates, table }: Unseen, rows: Int32Array): Unseen => {
  const part = (matrix: Matrix) => takeRows(matrix, rows)
  return {
    estimates: { quality: part(estimates.quality), cost: part(estimates.cost) },
    table: takeOutcomes(table, rows),
  }
}

/** A trial of each of `TARGETS`. @param best number of the model that targets refer to */
export const tryTargets = (solvedOn: Unseen, measuredOn: Unseen, best: number): Trial[] => {
  const ladder = priceLadder(solvedOn, best)
  const { table, estimates } = measuredOn
  const single = pointsOf(new Int32Array(table.labels.length).fill(best), table)
  return TARGETS.map((target) => {
    const chosen = chooseByPrice(estimates, stepForQuality(ladder, target).price)
    const { quality, cost } = pointsOf(chosen, table)
    return { off: quality - target * single.quality, saved: 1 - cost / single.cost }
  })
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length

export const summedTrials = (target: number, trials: readonly Trial[]): KeptTarget => {
  const offs = trials.map(({ off }) => off)
  const over = mean(offs)
  const share = (test: (off: number) => boolean): number =>
    mean(offs.map((off) => Number(test(off))))
  return {
    target,
    kept: share((off) => off >= -POINT),
    near: share((off) => Math.abs(off) <= POINT),
    nearAtBest: share((off) => Math.abs(off - over) <= POINT),
    over,
    saved: mean(trials.map(({ saved }) => saved)),
  }
}

export const keptTargets = ({ best, splits, seed, ...unseen }: TargetsInput): KeptTarget[] => {
  const random = createRandom(seed)
  const rows = [...unseen.table.labels.keys()]
  const trials = Array.from({ length: splits }, () => {
    const order = Int32Array.from(shuffled(rows, random))
    const half = Math.floor(order.length / 2)
    return tryTargets(partOf(unseen, order.slice(0, half)), partOf(unseen, order.slice(half)), best)
  })
  return TARGETS.map((target, t) =>
    summedTrials(
      target,
      trials.map((trial) => trial[t] as Trial),
    ),
  )
}
