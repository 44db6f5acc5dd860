// Rows in WebAssembly memory, for inner products with one query after another.
import type { Matrix } from '../matrix.ts'
import { instantiate } from './instance.ts'
import { dotKernel } from './kernels.ts'
import { roundUp } from './product.ts'

const ROWS_AT_ONCE = 4
const SUM_FLOATS = 16

export interface RowStore {
  /** Inner products of every row with `query` (`cols` numbers), in a new array. */
  dots(query: Float32Array): Float32Array
}

export const createRowStore = (rows: Matrix): RowStore => {
  const width = roundUp(Math.max(1, rows.cols), 4)
  const count = roundUp(rows.rows, ROWS_AT_ONCE)
  const { buffer, run } = instantiate((SUM_FLOATS + width * (count + 1)) * 4, dotKernel())
  const sums = new Float32Array(buffer, 0, SUM_FLOATS)
  const asked = new Float32Array(buffer, SUM_FLOATS * 4, width)
  const base = (SUM_FLOATS + width) * 4
  const kept = new Float32Array(buffer, base, width * count)
  for (let row = 0; row < rows.rows; row++) {
    const from = row * rows.cols
    kept.set(rows.data.subarray(from, from + rows.cols), row * width)
  }
  return {
    dots: (query) => {
      asked.set(query)
      const out = new Float32Array(rows.rows)
      for (let row = 0; row < rows.rows; row += ROWS_AT_ONCE) {
        run(base + row * width * 4, width * 4, SUM_FLOATS * 4, width / 4, 0)
        const n = Math.min(ROWS_AT_ONCE, rows.rows - row)
        for (let i = 0; i < n; i++) {
          const s = 4 * i
          const [a, b] = [sums[s] as number, sums[s + 1] as number]
          out[row + i] = a + b + (sums[s + 2] as number) + (sums[s + 3] as number)
        }
      }
      return out
    },
  }
}
