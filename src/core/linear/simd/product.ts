// Matrix products with the tile kernel, where training spends most of its time (4 to 14 GFLOP/s on one core, depending on load).
import type { Matrix } from '../matrix.ts'
import { instantiate } from './instance.ts'
import { tileKernel } from './kernels.ts'

const TILE_ROWS = 4
const TILE_COLS = 8
const DEPTH = 256
const ROW_BLOCK = 128
/** Rows multiplied at a time by `product`. */
const BLOCK = 256

/** `n` rounded up to a multiple of `to`. */
export const roundUp = (n: number, to: number): number => Math.ceil(n / to) * to

/**
 * C[m × n] += A[m × k]·B[k × n]. m is a multiple of 4, n of 8; `a[i][p]` lies at `i · aRow + p · aCol`, so that a transposed A
 * costs nothing; b and c are row-major. All arrays belong to the arena.
 */
export interface Job {
  readonly m: number
  readonly n: number
  readonly k: number
  readonly a: Float32Array
  readonly aRow: number
  readonly aCol: number
  readonly b: Float32Array
  readonly c: Float32Array
}

/** Arrays in one WebAssembly memory, and products of them. */
export interface Arena {
  /** Allocates `n` zeros, valid as long as the arena. */
  readonly take: (n: number) => Float32Array
  readonly multiply: (job: Job) => void
}

const packPanels = (job: Job, from: number, depth: number, packed: Float32Array): void => {
  let at = 0
  for (let j = 0; j < job.n; j += TILE_COLS) {
    for (let p = 0; p < depth; p++) {
      const row = (from + p) * job.n + j
      for (let q = 0; q < TILE_COLS; q++) packed[at + q] = job.b[row + q] as number
      at += TILE_COLS
    }
  }
}

const multiplyBlocks = (run: (...args: number[]) => void, packed: Float32Array, job: Job): void => {
  const { m, n, k, a, c } = job
  const [aRow, aCol, cRow, bRow] = [job.aRow * 4, job.aCol * 4, n * 4, TILE_COLS * 4]
  for (let p = 0; p < k; p += DEPTH) {
    const depth = Math.min(DEPTH, k - p)
    packPanels(job, p, depth, packed)
    for (let block = 0; block < m; block += ROW_BLOCK) {
      const end = Math.min(m, block + ROW_BLOCK)
      for (let j = 0; j < n; j += TILE_COLS) {
        const b = packed.byteOffset + j * depth * 4
        for (let i = block; i < end; i += TILE_ROWS) {
          const from = a.byteOffset + i * aRow + p * aCol
          run(from, aRow, aCol, b, bRow, depth, c.byteOffset + i * cRow + j * 4, cRow)
        }
      }
    }
  }
}

/** @param floats total length of the arrays to be taken. @param maxCols widest product */
export const createArena = (floats: number, maxCols: number): Arena => {
  const scratch = DEPTH * maxCols + 64
  const { buffer, run } = instantiate((floats + scratch + 1024) * 4, tileKernel())
  let next = 64
  const take = (n: number): Float32Array => {
    const view = new Float32Array(buffer, next, n)
    next += roundUp(n * 4, 32)
    return view
  }
  const packed = take(scratch)
  return { take, multiply: (job) => multiplyBlocks(run, packed, job) }
}

/** Receives the rows [from, from + values.rows) of a product. */
export type OnBlock = (from: number, values: Matrix) => void

/**
 * rows · targetsᵀ for one matrix of rows after another; `targets` are packed for the kernel once.
 * @param cols width of the rows
 */
export const createProduct = (
  targets: Matrix,
  cols = targets.cols,
): ((rows: Matrix, onBlock: OnBlock) => void) => {
  const [d, c] = [roundUp(cols, 4), roundUp(targets.rows, TILE_COLS)]
  const arena = createArena(d * c + BLOCK * (d + c) + 192, c)
  const [b, x, z] = [arena.take(d * c), arena.take(BLOCK * d), arena.take(BLOCK * c)]
  for (let j = 0; j < targets.rows; j++) {
    const from = j * targets.cols
    for (let k = 0; k < cols; k++) b[k * c + j] = targets.data[from + k] as number
  }
  return (rows, onBlock) => {
    for (let from = 0; from < rows.rows; from += BLOCK) {
      const n = Math.min(BLOCK, rows.rows - from)
      x.fill(0)
      z.fill(0)
      for (let i = 0; i < n; i++) {
        const at = (from + i) * rows.cols
        x.set(rows.data.subarray(at, at + rows.cols), i * d)
      }
      arena.multiply({ m: roundUp(n, TILE_ROWS), n: c, k: d, a: x, aRow: d, aCol: 1, b, c: z })
      const data = new Float32Array(n * targets.rows)
      for (let i = 0; i < n; i++) {
        data.set(z.subarray(i * c, i * c + targets.rows), i * targets.rows)
      }
      onBlock(from, { rows: n, cols: targets.rows, data })
    }
  }
}

/** rows · targetsᵀ, 256 rows at a time, so that a product of many rows with many needs little memory. */
export const productByBlocks = (rows: Matrix, targets: Matrix, onBlock: OnBlock): void =>
  createProduct(targets, rows.cols)(rows, onBlock)

/** rows · targetsᵀ, `[rows.rows × targets.rows]`. */
export const product = (rows: Matrix, targets: Matrix): Matrix => {
  const data = new Float32Array(rows.rows * targets.rows)
  productByBlocks(rows, targets, (from, values) => data.set(values.data, from * targets.rows))
  return { rows: rows.rows, cols: targets.rows, data }
}
