// Sparse rows and the weights of a softmax regression in one WebAssembly memory: four times as fast as plain JavaScript. Training
// the word head spends most of its time here.
import { instantiateAll } from './instance.ts'
import { roundUp } from './product.ts'
import { sparseLogitsKernel, sparseStepKernel } from './sparse-kernels.ts'

const AT_ONCE = 8
const PAIR_BYTES = 8
const ALIGNED = 16

export interface SparseRow {
  readonly columns: ArrayLike<number>
  readonly values: ArrayLike<number>
}

export interface SparseWeights {
  /** Argument and result of the calls below: one number per route, padded with zeros to a multiple of eight. */
  readonly numbers: Float32Array
  /** numbers += row · weights */
  addLogits(row: number): void
  /** weights += row ⊗ numbers */
  step(row: number): void
  /** `columns × routes`, a copy. */
  weights(): Float32Array
}

/** Writes the pairs of all rows one after the other. @returns where each row begins */
const placePairs = (
  rows: readonly SparseRow[],
  columnBytes: number,
  memory: ArrayBuffer,
  at: number,
) => {
  const total = rows.reduce((sum, { columns }) => sum + columns.length, 0)
  const offsets = new Int32Array(memory, at, 2 * total)
  const values = new Float32Array(memory, at, 2 * total)
  let next = 0
  return rows.map(({ columns, values: own }) => {
    const from = at + next * PAIR_BYTES
    for (let i = 0; i < columns.length; i++, next++) {
      offsets[2 * next] = (columns[i] as number) * columnBytes
      values[2 * next + 1] = own[i] as number
    }
    return { from, count: columns.length }
  })
}

/** @param columns number of columns; weights begin at zero */
export const createSparseWeights = (
  rows: readonly SparseRow[],
  { columns, routes }: { columns: number; routes: number },
): SparseWeights => {
  const width = roundUp(Math.max(1, routes), AT_ONCE)
  const pairs = rows.reduce((sum, row) => sum + row.columns.length, 0)
  const weightsAt = roundUp(4 * width, ALIGNED)
  const pairsAt = weightsAt + 4 * width * columns
  const { buffer, runs } = instantiateAll(pairsAt + PAIR_BYTES * pairs + ALIGNED, [
    sparseLogitsKernel(),
    sparseStepKernel(),
  ])
  const [addLogits, step] = runs as [(typeof runs)[0], (typeof runs)[0]]
  const placed = placePairs(rows, 4 * width, buffer, pairsAt)
  const over = (run: (typeof runs)[0], row: number): void => {
    const { from, count } = placed[row] as (typeof placed)[0]
    // The kernels look at the count after a pair.
    if (count === 0) return
    for (let route = 0; route < width; route += AT_ONCE) {
      run(from, count, weightsAt + 4 * route, 4 * route)
    }
  }
  return {
    numbers: new Float32Array(buffer, 0, width),
    addLogits: (row) => over(addLogits, row),
    step: (row) => over(step, row),
    weights: () => {
      const kept = new Float32Array(buffer, weightsAt, columns * width)
      const out = new Float32Array(columns * routes)
      for (let column = 0; column < columns; column++) {
        out.set(kept.subarray(column * width, column * width + routes), column * routes)
      }
      return out
    },
  }
}
