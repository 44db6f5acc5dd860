// Rows kept as signed bytes in WebAssembly memory: a quarter of the memory that a search has to read, at inner products
// that are wrong by no more than a known amount.
import type { Matrix } from '../matrix.ts'
import { BYTES_A_STEP, byteRowsKernel } from './byte-kernel.ts'
import { instantiate } from './instance.ts'
import { roundUp } from './product.ts'

const ROWS_AT_ONCE = 4
/** Largest whole number of a row. */
const ROW_STEPS = 127
/** Of the query: finer, so that the error is that of the rows alone. */
const MOST_QUERY_STEPS = 2047

/** As fine as the sum of all products stays within 32 bits. */
const queryStepsOf = (cols: number): number =>
  Math.max(1, Math.min(MOST_QUERY_STEPS, Math.floor(2 ** 31 / (ROW_STEPS * (cols + 1)))))

export interface RoughDots {
  /** A number for each row that grows with its inner product. Overwritten by the next call. */
  values: Int32Array
  /** A row may stand in `values` at most this far from where its inner product belongs. */
  slack: number
}

export interface ByteRows {
  /** @param query `cols` finite numbers */
  dots(query: Float32Array): RoughDots
}

const largestOf = (values: Float32Array): number => {
  let largest = 0
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] as number))
  return largest
}

/** Writes `from` in whole steps of `unit` to `to`. Gives the sum of their sizes. */
const writeSteps = (from: Float32Array, to: Int8Array | Int16Array, unit: number): number => {
  let sum = 0
  for (let i = 0; i < from.length; i++) {
    const steps = Math.round((from[i] as number) / unit)
    to[i] = steps
    sum += Math.abs(steps)
  }
  return sum
}

/** Memory: sums of the rows, the query, the rows. */
const layOut = (count: number, width: number) => {
  const asked = 4 * count
  const rows = asked + 2 * width
  return { asked, rows, end: rows + width * count }
}

/** @param cols how many numbers of each row are kept */
export const createByteRows = (matrix: Matrix, cols: number): ByteRows => {
  const width = roundUp(Math.max(1, cols), BYTES_A_STEP)
  const count = roundUp(Math.max(1, matrix.rows), ROWS_AT_ONCE)
  const places = layOut(count, width)
  const { buffer, run } = instantiate(places.end, byteRowsKernel())
  const values = new Int32Array(buffer, 0, matrix.rows)
  const asked = new Int16Array(buffer, places.asked, width)
  const rowAt = (row: number): Float32Array =>
    matrix.data.subarray(row * matrix.cols, row * matrix.cols + cols)
  const querySteps = queryStepsOf(cols)
  let largest = 0
  for (let row = 0; row < matrix.rows; row++) largest = Math.max(largest, largestOf(rowAt(row)))
  const unit = largest / ROW_STEPS || 1
  let largestSum = 0
  for (let row = 0; row < matrix.rows; row++) {
    const kept = new Int8Array(buffer, places.rows + row * width, width)
    largestSum = Math.max(largestSum, writeSteps(rowAt(row), kept, unit))
  }
  return {
    dots: (query) => {
      const sum = writeSteps(query, asked, largestOf(query) / querySteps || 1)
      run(places.rows, width, places.asked, width / BYTES_A_STEP, 0, count / ROWS_AT_ONCE)
      // Each number is off by half a step at most: (r + 1/2)(q + 1/2), summed over the columns.
      return { values, slack: Math.ceil((sum + largestSum) / 2 + cols / 4) + 1 }
    },
  }
}
