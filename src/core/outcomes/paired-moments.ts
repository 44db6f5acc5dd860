// Means, variances and covariances of what a choice was worth beside one model always, kept up as choices change one by one.
import type { Matrix } from '../linear/matrix.ts'
import type { CostQuality } from './cost-quality.ts'
import type { OutcomeTable } from './outcome-table.ts'

/** Of the means; scores that are not known are left out of each. */
export interface PairedMoments extends CostQuality {
  /** Of the mean score. */
  variance: number
  /** Of the mean score with that of the other model, where both are known. */
  covariance: number
}

/** Sums over pairs of numbers, which may be taken out again; what is not a number is left out. */
interface PairSums {
  count: number
  a: number
  b: number
  product: number
}

const none = (): PairSums => ({ count: 0, a: 0, b: 0, product: 0 })

const add = (sums: PairSums, [a, b]: readonly [number, number], sign: 1 | -1): void => {
  if (Number.isNaN(a) || Number.isNaN(b)) return
  sums.count += sign
  sums.a += sign * a
  sums.b += sign * b
  sums.product += sign * a * b
}

const meanOf = ({ count, a }: PairSums): number => a / Math.max(1, count)

const covarianceOf = ({ count, a, b, product }: PairSums): number =>
  count === 0 ? 0 : product / count - (a / count) * (b / count)

export interface ChosenMoments {
  /** The prompt of this row gets another model. */
  change(row: number, model: number): void
  now(): PairedMoments
}

/** @param first the model of each prompt @param other number of the model that is always compared with */
export const chosenMoments = (
  { scores, costs }: OutcomeTable,
  first: Int32Array,
  other: number,
): ChosenMoments => {
  const chosen = first.slice()
  const [cost, score, both] = [none(), none(), none()]
  const at = ({ data, cols }: Matrix, row: number, j: number) => data[row * cols + j] as number
  const count = (row: number, sign: 1 | -1): void => {
    const j = chosen[row] as number
    const [usd, own] = [at(costs, row, j), at(scores, row, j)]
    add(cost, [usd, usd], sign)
    add(score, [own, own], sign)
    add(both, [own, at(scores, row, other)], sign)
  }
  const known = none()
  for (let row = 0; row < scores.rows; row++) {
    count(row, 1)
    add(known, [at(scores, row, other), 0], 1)
  }
  return {
    change: (row, model) => {
      count(row, -1)
      chosen[row] = model
      count(row, 1)
    },
    now: () => {
      const [own, others] = [Math.max(1, score.count), Math.max(1, known.count)]
      return {
        cost: meanOf(cost),
        quality: meanOf(score),
        variance: covarianceOf(score) / own,
        covariance: (covarianceOf(both) * both.count) / own / others,
      }
    },
  }
}
