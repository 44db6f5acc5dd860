// Is a target kept? A price is chosen on one half of the rows for a share of the best model's quality, and measured on the other
// half, over many random halves. Estimates are by parts that have not seen a row.
import type { CostQuality } from '../../../src/core/outcomes/cost-quality.ts'
import {
  cheapestReaching,
  chooseByPrice,
  pricesFor,
} from '../../../src/core/outcomes/operating-point.ts'
import type { OutcomeTable } from '../../../src/core/outcomes/outcome-table.ts'
import { createRandom, shuffled } from '../../../src/core/statistics/random.ts'
import type { Guesses } from '../../../src/quality/evaluation/outcome-curve.ts'

export interface KeptTarget {
  /** Share of the best model's quality. */
  target: number
  /** Share of the halves where the quality is no more than a point below the target. */
  kept: number
  /** Share where it is within a point on either side. */
  near: number
  /** Mean of 1 − cost / cost of the best model. */
  saved: number
}

export interface TargetsInput {
  unseen: Guesses
  table: OutcomeTable
  best: number
  splits: number
  seed: number
}

const TARGETS = [0.9, 0.95, 0.98, 1]
const POINT = 0.01

/** Scores and costs of every row under each price's choices, and of the best model. */
const outcomesOf = ({ unseen, table, best }: TargetsInput) => {
  const { cols, rows } = table.scores
  const of = (chosen: Int32Array) => ({
    scores: Float32Array.from(chosen, (j, i) => table.scores.data[i * cols + j] as number),
    costs: Float32Array.from(chosen, (j, i) => table.costs.data[i * cols + j] as number),
  })
  return {
    priced: pricesFor(table, 'search').map((price) => of(chooseByPrice(unseen, price))),
    single: of(new Int32Array(rows).fill(best)),
  }
}

const meanOver = (values: Float32Array, rows: readonly number[]): number =>
  rows.reduce((sum, row) => sum + (values[row] as number), 0) / rows.length

export const keptTargets = (input: TargetsInput): KeptTarget[] => {
  const { priced, single } = outcomesOf(input)
  const random = createRandom(input.seed)
  const rows = [...Array(input.table.scores.rows).keys()]
  const counts = TARGETS.map((target) => ({ target, kept: 0, near: 0, saved: 0 }))
  for (let split = 0; split < input.splits; split++) {
    const order = shuffled(rows, random)
    const half = Math.floor(order.length / 2)
    const [chosenOn, measuredOn] = [order.slice(0, half), order.slice(half)]
    const points = priced.map((outcome, at) => ({
      at,
      cost: meanOver(outcome.costs, chosenOn),
      quality: meanOver(outcome.scores, chosenOn),
    })) as [CostQuality & { at: number }, ...(CostQuality & { at: number })[]]
    for (const count of counts) {
      const wanted = count.target * meanOver(single.scores, chosenOn)
      const outcome = priced[cheapestReaching(points, wanted).at] ?? single
      const off =
        meanOver(outcome.scores, measuredOn) - count.target * meanOver(single.scores, measuredOn)
      count.kept += off >= -POINT ? 1 : 0
      count.near += Math.abs(off) <= POINT ? 1 : 0
      count.saved += 1 - meanOver(outcome.costs, measuredOn) / meanOver(single.costs, measuredOn)
    }
  }
  const { splits } = input
  return counts.map(({ target, kept, near, saved }) => ({
    target,
    kept: kept / splits,
    near: near / splits,
    saved: saved / splits,
  }))
}
