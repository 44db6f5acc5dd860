// Rows kept as signed bytes in WebAssembly memory: a quarter of the memory that a search has to read, at inner products
// that are wrong by no more than a known amount.
import type { Matrix } from '../matrix.ts'
import { BYTES_A_STEP, byteRowsKernel, listedByteRowsKernel } from './byte-kernel.ts'
import { type Instance, instantiateAll } from './instance.ts'
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
  /** The same of some rows, in their order. */
  dotsOf(query: Float32Array, rows: Int32Array): RoughDots
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

/** Memory: results, factors of the rows, addresses and factors of listed rows, the query, the rows. */
const layOut = (count: number, width: number) => {
  const [factors, listed, listedFactors, asked] = [4 * count, 8 * count, 12 * count, 16 * count]
  const rows = asked + 2 * width
  return { factors, listed, listedFactors, asked, rows, end: rows + width * count }
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

/** What an inner product with a query in whole steps may be off by, given the longest row and the largest error of one. */
const slackOf = (rows: Kept, query: Kept): number => {
  // x·q − x'·q' = (x − x')·q + x'·(q − q'), each at most the product of the lengths (Cauchy and Schwarz).
  const asWhole = query.length + query.error
  return rows.error * asWhole + rows.length * (query.error + ROUNDING * asWhole)
}

/** @param cols how many numbers of each row are kept */
export const createByteRows = (matrix: Matrix, cols: number): ByteRows => {
  const width = roundUp(Math.max(1, cols), BYTES_A_STEP)
  const count = roundUp(Math.max(1, matrix.rows), ROWS_AT_ONCE)
  const places = layOut(count, width)
  const { buffer, runs } = instantiateAll(places.end, [byteRowsKernel(), listedByteRowsKernel()])
  const [runAll, runListed] = runs as [Instance['run'], Instance['run']]
  const factors = new Float32Array(buffer, places.factors, count)
  const listedFactors = new Float32Array(buffer, places.listedFactors, count)
  const addresses = new Uint32Array(buffer, places.listed, count)
  const asked = new Int16Array(buffer, places.asked, width)
  const querySteps = queryStepsOf(cols)
  const keptRow = (row: number) => new Int8Array(buffer, places.rows + row * width, cols)
  const most = writeRows(matrix, keptRow, factors)
  const steps = width / BYTES_A_STEP
  /** The first `length` results, once the query is written and `run` has compared it. */
  const compare = (query: Float32Array, length: number, run: () => void): RoughDots => {
    const unit = largestOf(query) / querySteps || 1
    const slack = slackOf(most, writeSteps(query, asked, unit))
    run()
    return { values: new Float32Array(buffer, 0, length), unit, slack }
  }
  const { rows, listed, asked: query } = places
  return {
    dots: (asked) =>
      compare(asked, matrix.rows, () =>
        runAll(rows, width, query, steps, 0, count / ROWS_AT_ONCE, places.factors),
      ),
    dotsOf: (asked, chosen) => {
      const groups = Math.ceil(chosen.length / ROWS_AT_ONCE)
      for (let i = 0; i < groups * ROWS_AT_ONCE; i++) {
        const row = chosen[Math.min(i, chosen.length - 1)] as number
        addresses[i] = rows + row * width
        listedFactors[i] = factors[row] as number
      }
      // The kernel looks at the count after a group.
      const run = () => runListed(listed, 0, query, steps, 0, groups, places.listedFactors)
      return compare(asked, chosen.length, groups > 0 ? run : () => undefined)
    },
  }
}
