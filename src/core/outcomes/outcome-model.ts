// Outcomes of known prompts → what each model would be worth on a new prompt, and what it would cost. The parts are blended
// by what the blend is worth out of fold in choosing models, not by how well each part guesses scores.
import type { Matrix } from '../linear/matrix.ts'
import { createRandom, shuffled } from '../statistics/random.ts'
import { aiqOf } from './cost-quality.ts'
import { chooseByPrice, pointsOf, pricesFor, singlePoints } from './operating-point.ts'
import { columnMeans, type OutcomeTable } from './outcome-table.ts'
import {
  bestStrength,
  estimateParts,
  type FittedParts,
  fitParts,
  PARTS,
  type PartEstimates,
  type PartName,
  type PartsInput,
  takeInput,
} from './quality-parts.ts'

export type Blend = Readonly<Record<PartName, number>>

export interface OutcomeModel {
  readonly models: readonly string[]
  readonly parts: FittedParts
  readonly blend: Blend
  /** Factor of each model that makes the mean of its guessed costs right; exp of a mean logarithm is too low. */
  readonly smearing: Float64Array
}

export interface Estimates {
  /** Prompts × models: expected score. */
  readonly quality: Matrix
  /** Prompts × models: expected USD. */
  readonly cost: Matrix
}

export interface OutcomeModelInput {
  /** The encoder's rows, one for each row of the table. */
  rows: Matrix
  split: number
  table: OutcomeTable
  seed: number
}

const FOLDS = 5
/** Strengths of the ridge regression that are tried on one fold. */
const STRENGTHS = [1, 3, 10, 30]
/** Weights of the blend are multiples of this. */
const STEP = 0.25
/** Costs are guessed as logarithms; of what is free, of this many USD. */
const LEAST_USD = 1e-9

const kindsOf = (labels: readonly string[]): Int32Array => {
  const numbers = new Map<string, number>()
  return Int32Array.from(labels, (label) => {
    const known = numbers.get(label) ?? numbers.size
    numbers.set(label, known)
    return known
  })
}

/** Scores, and beside them the logarithms of costs. */
const targetsOf = ({ scores, costs }: OutcomeTable): Matrix => {
  const m = scores.cols
  const data = new Float32Array(scores.rows * 2 * m)
  for (let i = 0; i < scores.rows; i++) {
    data.set(scores.data.subarray(i * m, (i + 1) * m), i * 2 * m)
    for (let j = 0; j < m; j++) {
      data[i * 2 * m + m + j] = Math.log((costs.data[i * m + j] as number) + LEAST_USD)
    }
  }
  return { rows: scores.rows, cols: 2 * m, data }
}

const blended = (estimates: Pick<PartEstimates, PartName>, blend: Blend): Matrix => {
  const { rows, cols } = estimates.ridge
  const data = new Float32Array(rows * cols)
  for (const part of PARTS) {
    if (blend[part] === 0) continue
    const { data: values } = estimates[part]
    for (let at = 0; at < data.length; at++)
      data[at] = (data[at] as number) + blend[part] * (values[at] as number)
  }
  return { rows, cols, data }
}

/** Every division of one among the parts in steps. */
const blends = (): Blend[] => {
  const steps = Math.round(1 / STEP)
  const found: Blend[] = []
  for (let a = 0; a <= steps; a++)
    for (let b = 0; a + b <= steps; b++)
      for (let c = 0; a + b + c <= steps; c++) {
        const d = steps - a - b - c
        found.push({ kind: a * STEP, ridge: b * STEP, near: c * STEP, wide: d * STEP })
      }
  return found
}

interface Fold {
  known: Int32Array
  held: Int32Array
}

const foldsOf = (rows: number, seed: number): Fold[] => {
  const order = shuffled([...Array(rows).keys()], createRandom(seed))
  const parts = (keep: (at: number) => boolean) =>
    Int32Array.from(order.filter((_, at) => keep(at)))
  return Array.from({ length: FOLDS }, (_, fold) => ({
    known: parts((at) => at % FOLDS !== fold),
    held: parts((at) => at % FOLDS === fold),
  }))
}

/** Estimates of every row by parts that have not seen it. */
const outOfFold = (input: PartsInput, folds: readonly Fold[]): PartEstimates => {
  const empty = (cols: number): Matrix => ({
    rows: input.rows.rows,
    cols,
    data: new Float32Array(input.rows.rows * cols),
  })
  const m = input.scores.cols
  const whole = {
    ...Object.fromEntries(PARTS.map((part) => [part, empty(m)])),
    further: empty(m),
  } as unknown as PartEstimates
  for (const { known, held } of folds) {
    const estimates = estimateParts(fitParts(takeInput(input, known)), takeInput(input, held).rows)
    for (const name of [...PARTS, 'further'] as const) {
      held.forEach((row, i) => {
        whole[name].data.set(estimates[name].data.subarray(i * m, (i + 1) * m), row * m)
      })
    }
  }
  return whole
}

const smearingOf = (logCosts: Matrix, { costs }: OutcomeTable): Float64Array => {
  const guessed = columnMeans({ ...logCosts, data: logCosts.data.map(Math.exp) })
  return columnMeans(costs).map((mean, j) => mean / Math.max(LEAST_USD, guessed[j] as number))
}

const costsOf = (logCosts: Matrix, smearing: Float64Array): Matrix => ({
  ...logCosts,
  data: logCosts.data.map(
    (value, at) => Math.exp(value) * (smearing[at % logCosts.cols] as number),
  ),
})

const chooseBlend = (unseen: PartEstimates, cost: Matrix, table: OutcomeTable): Blend => {
  const single = singlePoints(table)
  const range = {
    low: Math.min(...single.map((point) => point.cost)),
    high: Math.max(...single.map((point) => point.cost)),
  }
  const worth = (blend: Blend): number => {
    const quality = blended(unseen, blend)
    const points = pricesFor(table).map((price) =>
      pointsOf(chooseByPrice({ quality, cost }, price), table),
    )
    return aiqOf(points, range)
  }
  let best: { blend: Blend; worth: number } | null = null
  for (const blend of blends()) {
    const found = worth(blend)
    if (best === null || found > best.worth) best = { blend, worth: found }
  }
  return best?.blend as Blend
}

/** Fits parts, ridge strength and blend. Seconds for thousands of rows. */
export const fitOutcomeModel = ({ rows, split, table, seed }: OutcomeModelInput): OutcomeModel => {
  const input: PartsInput = {
    ...{ rows, split, seed },
    kinds: kindsOf(table.labels),
    scores: table.scores,
    targets: targetsOf(table),
    strength: STRENGTHS[0] as number,
  }
  const folds = foldsOf(rows.rows, seed)
  const [{ known, held }] = folds as [Fold]
  const strength = bestStrength(takeInput(input, known), takeInput(input, held), STRENGTHS)
  const unseen = outOfFold({ ...input, strength }, folds)
  const smearing = smearingOf(unseen.further, table)
  const blend = chooseBlend(unseen, costsOf(unseen.further, smearing), table)
  return { models: table.models, parts: fitParts({ ...input, strength }), blend, smearing }
}

/** @param rows the encoder's rows of new prompts */
export const estimateOutcomes = (
  { parts, blend, smearing }: OutcomeModel,
  rows: Matrix,
): Estimates => {
  const estimates = estimateParts(parts, rows)
  return { quality: blended(estimates, blend), cost: costsOf(estimates.further, smearing) }
}
