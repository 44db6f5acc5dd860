// Ridge logistic regression on a handful of features by Newton's method: used for confidence and for the novelty detector.

import type { Matrix } from '../linear/matrix.ts'
import { sigmoid } from '../statistics/odds.ts'

/** P = sigmoid(offset + bias + Σ weight[k] · (x[k] − mean[k]) / sd[k]). */
export interface Logistic {
  readonly mean: readonly number[]
  readonly sd: readonly number[]
  readonly weight: readonly number[]
  readonly bias: number
}

const MAX_ROUNDS = 25
/** A step smaller than 2^−20 of Newton's changes nothing any more. */
const MAX_HALVINGS = 20

const columnStats = (x: Matrix): { mean: number[]; sd: number[] } => {
  const mean = new Array<number>(x.cols).fill(0)
  for (let i = 0; i < x.data.length; i++) {
    const k = i % x.cols
    mean[k] = (mean[k] as number) + (x.data[i] as number) / x.rows
  }
  const variance = new Array<number>(x.cols).fill(0)
  for (let i = 0; i < x.data.length; i++) {
    const k = i % x.cols
    const gap = (x.data[i] as number) - (mean[k] as number)
    variance[k] = (variance[k] as number) + (gap * gap) / x.rows
  }
  return { mean, sd: variance.map((v) => Math.sqrt(Math.max(1e-12, v))) }
}

/** Solves A·x = b by Gauss–Jordan elimination with partial pivoting; A is a small square array of rows. */
export const solve = (a: readonly (readonly number[])[], b: readonly number[]): number[] => {
  const m = a.map((row, i) => [...row, b[i] as number])
  const n = m.length
  for (let c = 0; c < n; c++) {
    let best = c
    for (let r = c + 1; r < n; r++) {
      if (Math.abs(m[r]?.[c] as number) > Math.abs(m[best]?.[c] as number)) best = r
    }
    const pivot = m[best] as number[]
    m[best] = m[c] as number[]
    m[c] = pivot
    for (let r = 0; r < n; r++) {
      if (r === c) continue
      const row = m[r] as number[]
      const factor = (row[c] as number) / (pivot[c] as number)
      for (let k = c; k <= n; k++) row[k] = (row[k] as number) - factor * (pivot[k] as number)
    }
  }
  return m.map((row, i) => (row[n] as number) / (row[i] as number))
}

export interface LogisticInput {
  /** `[n × features]` */
  x: Matrix
  /** n flags. */
  right: Uint8Array
  ridge: number
  /** n log odds to correct; the ridge then shrinks towards leaving them unchanged. */
  offset?: Float32Array
}

/** Standardised rows, each followed by a 1 for the bias. */
const designRows = (x: Matrix, stats: { mean: number[]; sd: number[] }): number[][] =>
  Array.from({ length: x.rows }, (_, i) =>
    Array.from({ length: x.cols + 1 }, (_, k) =>
      k === x.cols
        ? 1
        : ((x.data[i * x.cols + k] as number) - (stats.mean[k] as number)) /
          (stats.sd[k] as number),
    ),
  )

interface Problem {
  rows: readonly number[][]
  /** What each row's probability should be. */
  targets: readonly number[]
  offsets: ArrayLike<number>
  /** Of the squares of all weights but the bias, which is the last. */
  ridge: number
}

const logOddsOf = ({ rows, offsets }: Problem, w: readonly number[]): number[] =>
  rows.map((row, i) => row.reduce((sum, v, k) => sum + v * (w[k] as number), offsets[i] ?? 0))

/** log(1 + exp(z)) without overflow. */
const softplus = (z: number): number => Math.max(z, 0) + Math.log1p(Math.exp(-Math.abs(z)))

const lossOf = ({ targets, ridge }: Problem, w: readonly number[], z: readonly number[]): number =>
  z.reduce((sum, value, i) => sum + softplus(value) - (targets[i] as number) * value, 0) +
  (ridge / 2) * w.slice(0, -1).reduce((sum, value) => sum + value * value, 0)

/** What Newton's method would subtract from the weights. */
const newtonMove = (problem: Problem, w: readonly number[], z: readonly number[]): number[] => {
  const { rows, targets, ridge } = problem
  const bias = w.length - 1
  const hessian = w.map((_, k) => w.map((_, j) => (j !== k ? 0 : k < bias ? ridge : 1e-6)))
  const gradient = w.map((value, k) => (k < bias ? ridge * value : 0))
  rows.forEach((row, i) => {
    const p = sigmoid(z[i] as number)
    const error = p - (targets[i] as number)
    row.forEach((v, k) => {
      gradient[k] = (gradient[k] as number) + error * v
      const line = hessian[k] as number[]
      row.forEach((u, j) => {
        line[j] = (line[j] as number) + p * (1 - p) * u * v
      })
    })
  })
  return solve(hessian, gradient)
}

/**
 * Newton's method, its step halved until the loss falls: where the offsets are far from the truth a whole step overshoots, the
 * next one more, and a confidence that is the same for every prompt comes out.
 */
const minimise = (problem: Problem, features: number): number[] => {
  let w = new Array<number>(features).fill(0)
  let z = logOddsOf(problem, w)
  let loss = lossOf(problem, w, z)
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const move = newtonMove(problem, w, z)
    let size = 1
    for (let halvings = 0; halvings < MAX_HALVINGS; halvings++, size /= 2) {
      const next = w.map((value, k) => value - size * (move[k] as number))
      const nextZ = logOddsOf(problem, next)
      const nextLoss = lossOf(problem, next, nextZ)
      if (!(nextLoss <= loss)) continue
      ;[w, z, loss] = [next, nextZ, nextLoss]
      break
    }
    if (size * Math.max(...move.map(Math.abs)) < 1e-6) break
  }
  return w
}

/** Platt scaling (Platt 1999, with his smoothed targets) over several features. */
export const fitLogistic = ({ x, right, ridge, offset }: LogisticInput): Logistic => {
  const stats = columnStats(x)
  const good = right.reduce((sum, flag) => sum + flag, 0)
  const [wrongTarget, rightTarget] = [1 / (x.rows - good + 2), (good + 1) / (good + 2)]
  const problem = {
    rows: designRows(x, stats),
    targets: Array.from(right, (flag) => (flag === 1 ? rightTarget : wrongTarget)),
    ...{ offsets: offset ?? [], ridge },
  }
  const w = minimise(problem, x.cols + 1)
  return { ...stats, weight: w.slice(0, x.cols), bias: w[x.cols] as number }
}

/** The probability for one row of features. */
export const logisticAt = (model: Logistic, x: readonly number[], offset = 0): number =>
  sigmoid(
    model.weight.reduce(
      (sum, w, k) =>
        sum + (w * ((x[k] as number) - (model.mean[k] as number))) / (model.sd[k] as number),
      model.bias + offset,
    ),
  )
