// Outcomes of known prompts → what each model would be worth on a new prompt, how sure that is, and what it would cost. The
// parts are weighed out of fold.
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
  /** Factor of each model that makes the mean of its guessed costs right; exp of a mean logarithm is too low. */
  readonly smearing: Float64Array
}

/** Prompts × models. */
export interface Estimates {
  /** Expected score; what the scores are between, but for the error of a sum. */
  readonly quality: Matrix
  /** The expected score is this near with 90 % confidence, as far as prompts like it tell. */
  readonly halfWidth: Matrix
  /** Expected USD. */
  readonly cost: Matrix
}

export interface OutcomeModelInput {
  /** Of `outcomeRows`, one for each row of the table. */
  rows: Matrix
  /** Numbers of the sentence embedding at the beginning of a row. */
  split: number
  table: OutcomeTable
  seed: number
}

const FOLDS = 5
/** Costs are guessed as logarithms; of what is free, of this many USD. */
const LEAST_USD = 1e-9
/** Of the normal distribution: 90 % are within so many deviations. */
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

/** Estimates of every row by parts that have not seen it. */
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

/** Of the costs that are known. */
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

/** A score between 0 and 1 varies no more than that of a coin; what parts other than the neighbours know is not counted. */
export const halfWidths = (quality: Matrix, evidence: Matrix): Matrix => ({
  ...quality,
  data: quality.data.map((value, at) => {
    const share = Math.max(0, Math.min(1, value))
    // Two prompts more, one good and one bad, so that none of evidence or of variance is no certainty (Agresti & Coull 1998).
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
  /** Of the rows that it was fitted on, by parts that have not seen them: what a price may be looked for on. */
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
