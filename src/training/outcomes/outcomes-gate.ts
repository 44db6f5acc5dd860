// Checks that an outcome model reaches its target on held-out prompts, with two-fold cross-validation: the price of quality is solved
// on one half of them and measured on the other, and vice versa.
import { type Matrix, takeRows } from '../../core/linear/matrix.ts'
import type { Unseen } from '../../core/outcomes/learned-outcomes.ts'
import { chooseByPrice } from '../../core/outcomes/operating-point.ts'
import { priceLadder, stepForQuality } from '../../core/outcomes/price-ladder.ts'
import type { LearnedRoute } from '../../vector-index/learned-report.ts'

const half = ({ estimates, table }: Unseen, parity: number): Unseen => {
  const rows = Int32Array.from([...table.labels.keys()].filter((row) => row % 2 === parity))
  const part = (matrix: Matrix) => takeRows(matrix, rows)
  return {
    estimates: { quality: part(estimates.quality), cost: part(estimates.cost) },
    table: {
      models: table.models,
      scores: part(table.scores),
      costs: part(table.costs),
      labels: Array.from(rows, (row) => table.labels[row] as string),
    },
  }
}

/** Column of the model chosen for each prompt of `measured`, by the price that keeps the target on `solved`. */
const chosenOn = (measured: Unseen, solved: Unseen, quality: number): Int32Array =>
  chooseByPrice(measured.estimates, stepForQuality(priceLadder(solved), quality).price)

interface Measured {
  score: number
  cost: number
  /** Score of the best single model on the same prompt. */
  best: number
  model: string
}

const measure = ({ table }: Unseen, chosen: Int32Array, bestColumn: number): Measured[] => {
  const { cols } = table.scores
  const rows = Array.from(chosen, (column, row) => ({
    score: table.scores.data[row * cols + column] as number,
    cost: table.costs.data[row * cols + column] as number,
    best: table.scores.data[row * cols + bestColumn] as number,
    model: table.models[column] as string,
  }))
  // Only where both scores are known: a served request has the score of one model.
  return rows.filter(({ score, best }) => !Number.isNaN(score) && !Number.isNaN(best))
}

const meanOf = <T>(rows: readonly T[], value: (row: T) => number): number =>
  rows.reduce((sum, row) => sum + value(row), 0) / Math.max(1, rows.length)

/** One-sided critical value of the normal distribution at 5 %. */
const Z = 1.645

const shareOf = (rows: readonly Measured[], models: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    models.map((name) => [name, meanOf(rows, ({ model }) => Number(model === name))]),
  )

export const judgeRoute = (
  { route, quality: target }: { route: string; quality: number },
  unseen: Unseen,
): LearnedRoute => {
  const { best } = priceLadder(unseen)
  const bestColumn = unseen.table.models.indexOf(best.model)
  const [even, odd] = [half(unseen, 0), half(unseen, 1)]
  const rows = [
    ...measure(even, chosenOn(even, odd, target), bestColumn),
    ...measure(odd, chosenOn(odd, even, target), bestColumn),
  ]
  const [quality, costUsd] = [meanOf(rows, ({ score }) => score), meanOf(rows, ({ cost }) => cost)]
  // Paired with the best model's score on the same prompts, so that hard prompts do not count against the choice.
  const gaps = rows.map((row) => row.score - target * row.best)
  const gap = meanOf(gaps, (value) => value)
  const error = Math.sqrt(meanOf(gaps, (value) => (value - gap) ** 2) / Math.max(1, rows.length))
  const isKept = gap + Z * error >= 0
  const isDearer = costUsd > best.cost && quality <= best.quality
  const problem = !isKept
    ? `quality ${quality.toFixed(3)} on held-out prompts falls short of ${target} of ${best.model}'s ${best.quality.toFixed(3)}`
    : isDearer
      ? `it costs more than ${best.model} alone and is no better`
      : null
  return {
    ...{ route, target, quality, costUsd, prompts: rows.length },
    verdict: problem === null ? 'passed' : 'refused',
    reason: problem ?? 'The target is kept on held-out prompts.',
    best: { model: best.model, quality: best.quality, costUsd: best.cost },
    share: shareOf(rows, unseen.table.models),
  }
}
