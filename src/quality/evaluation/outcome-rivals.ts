// Other ways of choosing that a learned choice is measured beside: true labels, plain neighbours, an oracle.
import { type Matrix, takeCols, takeRows } from '../../core/linear/matrix.ts'
import { columnMeans, type OutcomeTable } from '../../core/outcomes/outcome-table.ts'
import { nearestOf, neighbourScores } from './neighbour-scores.ts'
import type { Guesses } from './outcome-curve.ts'

export interface OutcomeSet {
  /** Of `outcomeRows`. */
  rows: Matrix
  table: OutcomeTable
}

export interface RivalsInput {
  train: OutcomeSet
  test: OutcomeSet
  /** Numbers of the sentence embedding at the beginning of a row. */
  split: number
}

const NEIGHBOURS = [5, 40, 160]
const PLAIN = { temperature: 0.05, pseudoCount: 0 }
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

const neighbourQuality = (k: number, { train, test, split }: RivalsInput): Matrix => {
  const part = (rows: Matrix) => takeCols(rows, 0, split)
  const found = Math.min(k, train.rows.rows)
  const nearest = nearestOf(part(test.rows), part(train.rows), found)
  return neighbourScores(nearest, train.table.scores, { k: found, ...PLAIN })
}

/** What each of them guesses of the test rows. */
export interface Rivals {
  oracle: Guesses
  labels: Guesses
  /** By k. */
  neighbours: Record<string, Guesses>
}

export const rivalsOf = (input: RivalsInput): Rivals => {
  const { train, test } = input
  const cost = constantCosts(train.table, test.table)
  return {
    oracle: { quality: test.table.scores, cost: test.table.costs },
    labels: { quality: labelMeans(train.table, test.table), cost },
    neighbours: Object.fromEntries(
      NEIGHBOURS.map((k) => [String(k), { quality: neighbourQuality(k, input), cost }]),
    ),
  }
}
