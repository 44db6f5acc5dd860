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
/** Of a sum in float32, relative to the lengths of row and query: four roundings, with a margin. */
const ROUNDING = 1e-6

/** As fine as the sum of all products stays within 32 bits. */
const queryStepsOf = (cols: number): number =>
  Math.max(1, Math.min(MOST_QUERY_STEPS, Math.floor(2 ** 31 / (ROW_STEPS * (cols + 1)))))

export interface RoughDots {
  /** Inner product of each row, in units of `unit`. Overwritten by the next call. */
  values: Float32Array
  unit: number
  /** No inner product is off by more; not in units. */
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

/** Lengths of what was kept of a vector, and of what was lost. */
interface Kept {
  length: number
  error: number
}

/** Writes `from` in whole steps of `unit` to `to`. */
const writeSteps = (from: Float32Array, to: Int8Array | Int16Array, unit: number): Kept => {
  const inverse = 1 / unit
  let [squares, lost] = [0, 0]
  for (let i = 0; i < from.length; i++) {
    const value = from[i] as number
    const steps = Math.round(value * inverse)
    to[i] = steps
    squares += (steps * unit) ** 2
    lost += (value - steps * unit) ** 2
  }
  return { length: Math.sqrt(squares), error: Math.sqrt(lost) }
}

/** Memory: results, factors of the rows, the query, the rows. */
const layOut = (count: number, width: number) => {
  const [factors, asked] = [4 * count, 8 * count]
  const rows = asked + 2 * width
  return { factors, asked, rows, end: rows + width * count }
}

/** Writes every row, in steps of its own. Gives the longest row and the largest error. */
const writeRows = (
  { rows, cols, data }: Matrix,
  kept: (row: number) => Int8Array,
  factors: Float32Array,
): Kept => {
  const most = { length: 0, error: 0 }
  for (let row = 0; row < rows; row++) {
    const to = kept(row)
    const from = data.subarray(row * cols, row * cols + to.length)
    factors[row] = largestOf(from) / ROW_STEPS || 1
    const { length, error } = writeSteps(from, to, factors[row] as number)
    most.length = Math.max(most.length, length)
    most.error = Math.max(most.error, error)
  }
  return most
}

/** @param cols how many numbers of each row are kept */
export const createByteRows = (matrix: Matrix, cols: number): ByteRows => {
  const width = roundUp(Math.max(1, cols), BYTES_A_STEP)
  const count = roundUp(Math.max(1, matrix.rows), ROWS_AT_ONCE)
  const places = layOut(count, width)
  const { buffer, run } = instantiate(places.end, byteRowsKernel())
  const values = new Float32Array(buffer, 0, matrix.rows)
  const asked = new Int16Array(buffer, places.asked, width)
  const querySteps = queryStepsOf(cols)
  const factors = new Float32Array(buffer, places.factors, count)
  const keptRow = (row: number) => new Int8Array(buffer, places.rows + row * width, cols)
  const most = writeRows(matrix, keptRow, factors)
  const scan = [width / BYTES_A_STEP, 0, count / ROWS_AT_ONCE, places.factors] as const
  return {
    dots: (query) => {
      const unit = largestOf(query) / querySteps || 1
      const { length, error } = writeSteps(query, asked, unit)
      run(places.rows, width, places.asked, ...scan)
      // x·q − x'·q' = (x − x')·q + x'·(q − q'), each at most the product of the lengths (Cauchy and Schwarz).
      const asWhole = length + error
      const slack = most.error * asWhole + most.length * (error + ROUNDING * asWhole)
      return { values, unit, slack }
    },
  }
}
