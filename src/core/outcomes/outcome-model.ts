// The outcome model: from outcomes of known prompts, estimates each model's score on a new prompt, with an interval, and its cost.
// The weights of its parts are fitted out of fold.
import { type Matrix, rowOf } from '../linear/matrix.ts'
import { createRandom, shuffled } from '../statistics/random.ts'
import { type Blend, blended, fitBlend } from './blend.ts'
import { drawnToMeans, type Familiarity, familiarShares, fitFamiliarity } from './familiarity.ts'
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
  /** What a prompt must be like for its estimates to count; null where all count. */
  readonly familiarity: Familiarity | null
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
/** Of a coin, by two prompts. */
const UNKNOWN_HALF_WIDTH = DEVIATIONS * Math.sqrt(0.25 / 2)

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
  const names = [...PARTS, 'evidence', 'logCost', 'nearSimilarity'] as const
  const whole = Object.fromEntries(
    names.map((name) => {
      const cols = name === 'nearSimilarity' ? 1 : input.scores.cols
      return [name, { rows: count, cols, data: new Float32Array(count * cols) }]
    }),
  ) as unknown as PartEstimates
  const order = shuffled([...Array(count).keys()], createRandom(input.seed))
  for (let fold = 0; fold < FOLDS; fold++) {
    const held = Int32Array.from(order.filter((_, at) => at % FOLDS === fold))
    const known = Int32Array.from(order.filter((_, at) => at % FOLDS !== fold))
    const estimates = estimateParts(fitParts(takeInput(input, known)), takeInput(input, held).rows)
    for (const name of names)
      for (const [i, row] of held.entries())
        whole[name].data.set(rowOf(estimates[name], i), row * whole[name].cols)
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
const halfWidths = (quality: Matrix, evidence: Matrix): Matrix => ({
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
const costsOf = (logCosts: Matrix, smearing: Float64Array): Matrix => ({
  ...logCosts,
  data: logCosts.data.map(
    (value, at) => Math.exp(value) * (smearing[at % logCosts.cols] as number),
  ),
})

/** Of parts of any prompts: what of a prompt unlike all known ones is the models' means, with nothing known. */
export const estimatesOf = (
  parts: PartEstimates,
  { blend, smearing, familiarity, means }: Combining,
): Estimates => {
  const shares = familiarShares(parts.nearSimilarity, familiarity)
  const quality = drawnToMeans(blended(parts, blend, means.quality), means.quality, shares)
  const unknown = new Float64Array(quality.cols).fill(UNKNOWN_HALF_WIDTH)
  return {
    quality,
    halfWidth: drawnToMeans(halfWidths(quality, parts.evidence), unknown, shares),
    cost: costsOf(drawnToMeans(parts.logCost, means.cost, shares), smearing),
  }
}

type Combining = Pick<OutcomeModel, 'blend' | 'smearing' | 'familiarity'> &
  Pick<FittedParts, 'means'>

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
  const parts = fitParts(input)
  const combining = {
    blend: fitBlend(unseen, deviationsOf(scores, parts.means.quality)),
    smearing: smearingOf(unseen.logCost, costs),
    familiarity: fitFamiliarity(unseen.nearSimilarity),
  }
  return {
    model: { models, parts, ...combining },
    unseen: estimatesOf(unseen, { ...combining, means: parts.means }),
  }
}

/** The model alone. */
export const fitOutcomeModel = (input: OutcomeModelInput): OutcomeModel =>
  fitWithUnseen(input).model

/** @param rows of `outcomeRows`: one or many new prompts */
export const estimateOutcomes = (model: OutcomeModel, rows: Matrix): Estimates =>
  estimatesOf(estimateParts(model.parts, rows), { ...model, means: model.parts.means })
