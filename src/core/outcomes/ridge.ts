// Ridge regression of several targets at once (Hoerl & Kennard 1970): one Gram matrix for all targets and penalties, of the columns
// or, where these are more than the rows, of the rows (the dual form, Saunders et al. 1998).
import { type Matrix, rowOf, transposed } from '../linear/matrix.ts'
import { createArena, product, roundUp } from '../linear/simd/product.ts'

/** A symmetric system `[n × n]` and its right-hand sides `[n × t]`. */
interface System {
  readonly n: number
  readonly t: number
  readonly gram: Float64Array
  readonly sides: Float64Array
}

const BLOCK = 256

/** XᵀX and XᵀY; within a block summed in single precision, over blocks in double. */
export const momentsOf = (x: Matrix, y: Matrix): System => {
  const [d, t] = [x.cols, y.cols]
  const [dn, m] = [roundUp(d + t, 8), roundUp(d, 4)]
  const arena = createArena(BLOCK * (m + dn) + m * dn + 256, dn)
  const [a, b, c] = [arena.take(BLOCK * m), arena.take(BLOCK * dn), arena.take(m * dn)]
  const gram = new Float64Array(d * d)
  const sides = new Float64Array(d * t)
  for (let from = 0; from < x.rows; from += BLOCK) {
    const n = Math.min(BLOCK, x.rows - from)
    a.fill(0)
    b.fill(0)
    c.fill(0)
    for (let i = 0; i < n; i++) {
      a.set(rowOf(x, from + i), i * m)
      b.set(rowOf(x, from + i), i * dn)
      b.set(rowOf(y, from + i), i * dn + d)
    }
    arena.multiply({ m, n: dn, k: BLOCK, a, aRow: 1, aCol: m, b, c })
    for (let p = 0; p < d; p++) {
      for (let q = 0; q < d; q++)
        gram[p * d + q] = (gram[p * d + q] as number) + (c[p * dn + q] as number)
      for (let q = 0; q < t; q++)
        sides[p * t + q] = (sides[p * t + q] as number) + (c[p * dn + d + q] as number)
    }
  }
  return { n: d, t, gram, sides }
}

/** XXᵀ and Y. */
const dualOf = (x: Matrix, y: Matrix): System => ({
  n: x.rows,
  t: y.cols,
  gram: Float64Array.from(product(x, x).data),
  sides: Float64Array.from(y.data),
})

/** Inner product with four accumulators, so that additions do not wait for one another. */
const inner = (a: Float64Array, b: Float64Array): number => {
  let [s0, s1, s2, s3] = [0, 0, 0, 0]
  let k = 0
  for (; k + 3 < a.length; k += 4) {
    s0 += (a[k] as number) * (b[k] as number)
    s1 += (a[k + 1] as number) * (b[k + 1] as number)
    s2 += (a[k + 2] as number) * (b[k + 2] as number)
    s3 += (a[k + 3] as number) * (b[k + 3] as number)
  }
  for (; k < a.length; k++) s0 += (a[k] as number) * (b[k] as number)
  return s0 + s1 + s2 + s3
}

/** Cholesky factor: L of LLᵀ = gram + strength · I, lower triangle. */
const cholesky = ({ n, gram }: System, strength: number): Float64Array => {
  const l = gram.slice()
  for (let j = 0; j < n; j++) {
    const rowJ = l.subarray(j * n, j * n + j)
    for (let i = j; i < n; i++) {
      const rowI = l.subarray(i * n, i * n + j)
      const sum = (l[i * n + j] as number) + (i === j ? strength : 0) - inner(rowI, rowJ)
      l[i * n + j] =
        i === j ? Math.sqrt(Math.max(sum, Number.EPSILON)) : sum / (l[j * n + j] as number)
    }
  }
  return l
}

/** Solution of the system under a penalty, `[t × n]`: one row per right-hand side. */
const solved = (system: System, strength: number): Matrix => {
  const { n, t, sides } = system
  const l = cholesky(system, strength)
  const data = new Float32Array(t * n)
  const w = new Float64Array(n)
  for (let side = 0; side < t; side++) {
    for (let i = 0; i < n; i++) {
      let sum = sides[i * t + side] as number
      for (let k = 0; k < i; k++) sum -= (l[i * n + k] as number) * (w[k] as number)
      w[i] = sum / (l[i * n + i] as number)
    }
    for (let i = n - 1; i >= 0; i--) {
      let sum = w[i] as number
      for (let k = i + 1; k < n; k++) sum -= (l[k * n + i] as number) * (w[k] as number)
      w[i] = sum / (l[i * n + i] as number)
    }
    data.set(w, side * n)
  }
  return { rows: t, cols: n, data }
}

/** Weights `[t × d]` under a penalty of `strength` times their squares; `product(x, weights)` predicts. */
export type Ridge = (strength: number) => Matrix

/** @param x `[n × d]` @param y `[n × t]` */
export const createRidge = (x: Matrix, y: Matrix): Ridge => {
  if (x.rows >= x.cols) {
    const system = momentsOf(x, y)
    return (strength) => solved(system, strength)
  }
  const system = dualOf(x, y)
  const columns = transposed(x)
  return (strength) => product(solved(system, strength), columns)
}
