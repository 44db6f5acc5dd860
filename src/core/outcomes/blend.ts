// Weights of the parts of a quality estimate. Choosing a model needs the differences between models (lead), keeping a target needs
// their mean (level). A part that predicts how hard a prompt is may not predict which model is better, so both have own weights.
import { type Matrix, rowOf } from '../linear/matrix.ts'
import { PARTS, type PartName } from './quality-parts.ts'

export type Weights = Readonly<Record<PartName, number>>

export interface Blend {
  /** Weights of the parts' row means: how much better than usual all models are on a prompt. */
  readonly level: Weights
  /** Weights of the deviations from the row means: how much better one model is than the others. */
  readonly lead: Weights
  /**
   * Models differ most on prompts of medium difficulty, as in item response theory (Birnbaum 1968): each model's coefficient for the
   * squared level minus its mean, `square`.
   */
  readonly bends: readonly number[]
  readonly square: number
}

type Parts = Readonly<Record<PartName, Matrix>>

const meanOf = (row: Float32Array): number =>
  row.reduce((sum, value) => sum + value, 0) / Math.max(1, row.length)

/** Normal equations of a least squares fit: products of the regressors with each other, and with the target. */
interface Moments {
  gram: Float64Array[]
  sides: Float64Array
}

const addTo = ({ gram, sides }: Moments, values: Float64Array, target: number): void => {
  for (let p = 0; p < values.length; p++) {
    const value = values[p] as number
    const row = gram[p] as Float64Array
    sides[p] = (sides[p] as number) + value * target
    for (let q = 0; q < values.length; q++)
      row[q] = (row[q] as number) + value * (values[q] as number)
  }
}

const ROUNDS = 200

/** Non-negative least squares by sequential coordinate descent (Franc et al. 2005). */
const nonNegative = ({ gram, sides }: Moments): Float64Array => {
  const weights = new Float64Array(sides.length)
  for (let round = 0; round < ROUNDS; round++) {
    for (let p = 0; p < weights.length; p++) {
      const row = gram[p] as Float64Array
      const square = row[p] as number
      if (square <= 0) continue
      let rest = sides[p] as number
      for (let q = 0; q < weights.length; q++)
        if (q !== p) rest -= (row[q] as number) * (weights[q] as number)
      weights[p] = Math.max(0, rest / square)
    }
  }
  return weights
}

/**
 * One least squares fit of all weights. Levels and leads are orthogonal in rows whose scores are all known.
 * @param parts out-of-fold estimates
 * @param target deviations of the scores of the same rows, NaN where unknown
 */
export const fitBlend = (parts: Parts, target: Matrix): Blend => {
  const count = 2 * PARTS.length
  const moments: Moments = {
    gram: Array.from({ length: count }, () => new Float64Array(count)),
    sides: new Float64Array(count),
  }
  const values = new Float64Array(count)
  for (let i = 0; i < target.rows; i++) {
    const rows = PARTS.map((part) => rowOf(parts[part], i))
    const means = rows.map(meanOf)
    for (const [m, wanted] of rowOf(target, i).entries()) {
      if (Number.isNaN(wanted)) continue
      for (const [p, mean] of means.entries()) {
        values[p] = mean
        values[PARTS.length + p] = (rows[p]?.[m] as number) - mean
      }
      addTo(moments, values, wanted)
    }
  }
  const weights = nonNegative(moments)
  const from = (first: number): Weights =>
    Object.fromEntries(PARTS.map((part, p) => [part, weights[first + p]])) as Record<
      PartName,
      number
    >
  const straight = { level: from(0), lead: from(PARTS.length), bends: [], square: 0 }
  return { ...straight, ...fitBends(parts, straight, target) }
}

const levelOf = (parts: Parts, { level }: Blend, i: number): number =>
  PARTS.reduce((sum, part) => sum + level[part] * meanOf(rowOf(parts[part], i)), 0)

/**
 * Each model's slope of the linear blend's residuals on the squared level, all shrunk towards 0 by as much as chance explains
 * (James & Stein 1961).
 */
const fitBends = (
  parts: Parts,
  straight: Blend,
  target: Matrix,
): Pick<Blend, 'bends' | 'square'> => {
  const { rows, cols } = target
  const squares = Float64Array.from({ length: rows }, (_, i) => levelOf(parts, straight, i) ** 2)
  const square = squares.reduce((sum, value) => sum + value, 0) / rows
  const left = blended(parts, straight, new Float64Array(cols))
  const [sides, spread, noise] = [0, 0, 0].map(() => new Float64Array(cols)) as Triple
  for (let at = 0; at < target.data.length; at++) {
    const rest = (target.data[at] as number) - (left.data[at] as number)
    if (Number.isNaN(rest)) continue
    const [m, x] = [at % cols, (squares[Math.floor(at / cols)] as number) - square]
    sides[m] = (sides[m] as number) + x * rest
    spread[m] = (spread[m] as number) + x * x
    noise[m] = (noise[m] as number) + x * x * rest * rest
  }
  const slopes = sides.map((side, m) => side / Math.max(1e-12, spread[m] as number))
  const mean = slopes.reduce((sum, slope) => sum + slope, 0) / cols
  const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0)
  const chance = sum(noise.map((value, m) => value / Math.max(1e-12, (spread[m] as number) ** 2)))
  const found = sum(slopes.map((slope) => (slope - mean) ** 2))
  const kept = found > 0 ? Math.max(0, 1 - chance / found) : 0
  return { bends: Array.from(slopes, (slope) => kept * (slope - mean)), square }
}

type Triple = [Float64Array, Float64Array, Float64Array]

/** Expected scores: the models' means plus the parts' blended deviations. */
export const blended = (parts: Parts, blend: Blend, means: Float64Array): Matrix => {
  const { level, lead, bends, square } = blend
  const { rows, cols } = parts.ridge
  const data = new Float32Array(rows * cols)
  for (let i = 0; i < rows; i++) {
    const bent = levelOf(parts, blend, i) ** 2 - square
    for (let m = 0; m < cols; m++)
      data[i * cols + m] = (means[m] as number) + (bends[m] ?? 0) * bent
    for (const part of PARTS) {
      const row = rowOf(parts[part], i)
      const mean = meanOf(row)
      for (let m = 0; m < cols; m++) {
        const at = i * cols + m
        data[at] =
          (data[at] as number) + level[part] * mean + lead[part] * ((row[m] as number) - mean)
      }
    }
  }
  return { rows, cols, data }
}
