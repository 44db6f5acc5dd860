// The outcome model: from outcomes of known prompts, estimates each model's score on a new prompt, with an interval, and its cost.
// The weights of its parts are fitted out of fold.
import { type Matrix, rowOf } from '../linear/matrix.ts'
import { createRandom, shuffled } from '../statistics/random.ts'
import { type Blend, blended, fitBlend } from './blend.ts'
import { columnMeans, type OutcomeTable } from './outcome-table.ts'
import {
  estimateParts,
  type FittedParts,
  fitParts,
  PARTS,
  type PartEstimates,
  type PartsInput,
  takeInput,
} from './quality-parts.ts'

export interface OutcomeModel {
  readonly models: readonly string[]
  readonly parts: FittedParts
  readonly blend: Blend
  /** Smearing factor of each model (Duan 1983): corrects the mean of exp(expected log cost), which is too low. */
  readonly smearing: Float64Array
}

/** Prompts × models. */
export interface Estimates {
  /** Expected score, in the range of the scores except for rounding. */
  readonly quality: Matrix
  /** Half of the 90 % interval around the expected score, by the evidence of similar prompts. */
  readonly halfWidth: Matrix
  /** Expected USD. */
  readonly cost: Matrix
}

export interface OutcomeModelInput {
  /** From `outcomeRows`, one for each row of the table. */
  rows: Matrix
  /** Length of the sentence embedding at the beginning of a row. */
  split: number
  table: OutcomeTable
  seed: number
}

const FOLDS = 5
/** Costs are estimated as logarithms; free answers count as this many USD. */
const LEAST_USD = 1e-9
/** Standard deviations of the normal distribution that 90 % lie within. */
const DEVIATIONS = 1.645

const kindsOf = (labels: readonly string[]): Int32Array => {
  const numbers = new Map<string, number>()
  return Int32Array.from(labels, (label) => {
    const known = numbers.get(label) ?? numbers.size
    numbers.set(label, known)
    return known
  })
}

const logOf = (costs: Matrix): Matrix => ({
  ...costs,
  data: costs.data.map((cost) => Math.log(cost + LEAST_USD)),
})

/** Out-of-fold estimates of every row. */
const outOfFold = (input: PartsInput): PartEstimates => {
  const { rows: count } = input.rows
  const cols = input.scores.cols
  const empty = (): Matrix => ({ rows: count, cols, data: new Float32Array(count * cols) })
  const names = [...PARTS, 'evidence', 'logCost'] as const
  const whole = Object.fromEntries(names.map((name) => [name, empty()])) as unknown as PartEstimates
  const order = shuffled([...Array(count).keys()], createRandom(input.seed))
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = Int32Array.from(order.filter((_, at) => at % FOLDS === fold))
    const known = Int32Array.from(order.filter((_, at) => at % FOLDS !== fold))
    const estimates = estimateParts(fitParts(takeInput(input, known)), takeInput(input, held).rows)
    for (const name of names)
      for (const [i, row] of held.entries())
        whole[name].data.set(rowOf(estimates[name], i), row * cols)
  }
  return whole
}

/** Smearing factors over the known costs. */
const smearingOf = (logCosts: Matrix, costs: Matrix): Float64Array => {
  const guessed = logCosts.data.map((value, at) =>
    Number.isNaN(costs.data[at] as number) ? Number.NaN : Math.exp(value),
  )
  const means = columnMeans({ ...logCosts, data: guessed })
  return columnMeans(costs).map((mean, j) => mean / Math.max(LEAST_USD, means[j] as number))
}

const deviationsOf = (scores: Matrix, means: Float64Array): Matrix => ({
  ...scores,
  data: scores.data.map((value, at) => value - (means[at % scores.cols] as number)),
})

/** The variance of a score in [0, 1] is at most that of a Bernoulli variable; only the neighbours count as evidence. */
export const halfWidths = (quality: Matrix, evidence: Matrix): Matrix => ({
  ...quality,
  data: quality.data.map((value, at) => {
    const share = Math.max(0, Math.min(1, value))
    // Two pseudo-observations, one good and one bad, so that no evidence or no variance is not certainty (Agresti & Coull 1998).
    const count = (evidence.data[at] as number) + 2
    const good = (share * (count - 2) + 1) / count
    return Math.min(1, DEVIATIONS * Math.sqrt((good * (1 - good)) / count))
  }),
})

/** Expected costs from expected logarithms. */
export const costsOf = (logCosts: Matrix, smearing: Float64Array): Matrix => ({
  ...logCosts,
  data: logCosts.data.map(
    (value, at) => Math.exp(value) * (smearing[at % logCosts.cols] as number),
  ),
})

const estimatesOf = (
  parts: PartEstimates,
  { blend, smearing, means }: Pick<OutcomeModel, 'blend' | 'smearing'> & { means: Float64Array },
): Estimates => {
  const quality = blended(parts, blend, means)
  return {
    quality,
    halfWidth: halfWidths(quality, parts.evidence),
    cost: costsOf(parts.logCost, smearing),
  }
}

export interface FittedOutcomes {
  model: OutcomeModel
  /** Out-of-fold estimates of the training rows, on which a price may be searched. */
  unseen: Estimates
}

/** Fits parts and blend. */
export const fitWithUnseen = ({ rows, split, table, seed }: OutcomeModelInput): FittedOutcomes => {
  const { scores, costs, models } = table
  const kinds = kindsOf(table.labels)
  const input: PartsInput = { rows, split, kinds, scores, logCosts: logOf(costs), seed }
  const unseen = outOfFold(input)
  const means = columnMeans(scores)
  const blend = fitBlend(unseen, deviationsOf(scores, means))
  const smearing = smearingOf(unseen.logCost, costs)
  return {
    model: { models, parts: fitParts(input), blend, smearing },
    unseen: estimatesOf(unseen, { blend, smearing, means }),
  }
}

/** The model alone. */
export const fitOutcomeModel = (input: OutcomeModelInput): OutcomeModel =>
  fitWithUnseen(input).model

/** @param rows of `outcomeRows`: one or many new prompts */
export const estimateOutcomes = (model: OutcomeModel, rows: Matrix): Estimates => {
  const means = model.parts.means.quality
  return estimatesOf(estimateParts(model.parts, rows), { ...model, means })
}
