// Sums over rows less a mean, in double precision, two columns at a time: the numbers of a plain loop with one accumulator for even
// columns and one for odd ones, to the last bit, in a third of its time.
import {
  addDoublesV,
  addI32,
  type Code,
  constI32,
  getLocal,
  loadDoublesV,
  loop,
  mulDoublesV,
  setLocal,
  storeV,
  subDoublesV,
  subI32,
  zeroV,
} from './assembler.ts'
import { instantiate } from './instance.ts'

const ROWS_AT_ONCE = 4
const PAIR_BYTES = 8
const BYTES = 4
const DOUBLE_BYTES = 8
/** Doubles that the kernel writes for each row: two accumulators of the inner products, two of the squares. */
const RESULTS = 4

/** Parameters, in bytes but for `pairs`: first row, row stride, mean, query, pairs of columns, results. */
const [row, stride, mean, query, pairs, out] = [0, 1, 2, 3, 4, 5] as const
const rows = [row, 6, 7, 8] as const
const products = [9, 10, 11, 12] as const
const squares = [13, 14, 15, 16] as const
const [middle, asked, centred] = [17, 18, 19] as const

const advance = (local: number): number[] => [
  ...[...getLocal(local), ...constI32(PAIR_BYTES), ...addI32, ...setLocal(local)],
]

const addTo = (sum: number, factor: number): number[] => [
  ...[...getLocal(sum), ...getLocal(centred), ...getLocal(factor)],
  ...[...mulDoublesV, ...addDoublesV, ...setLocal(sum)],
]

/** For four rows: the sums of (row − mean) · query, and of (row − mean)². */
const centredSumsKernel = (): Code => {
  const begin = rows.flatMap((pointer, i) => {
    const before = rows[i - 1]
    const place = [...getLocal(before ?? row), ...getLocal(stride), ...addI32]
    return [
      ...(before === undefined ? [] : [...place, ...setLocal(pointer)]),
      ...[...zeroV, ...setLocal(products[i] as number)],
      ...[...zeroV, ...setLocal(squares[i] as number)],
    ]
  })
  const step = [
    ...[...getLocal(mean), ...loadDoublesV(0), ...setLocal(middle)],
    ...[...getLocal(query), ...loadDoublesV(0), ...setLocal(asked)],
    ...rows.flatMap((pointer, i) => [
      ...[...getLocal(pointer), ...loadDoublesV(0), ...getLocal(middle), ...subDoublesV],
      ...setLocal(centred),
      ...[...addTo(products[i] as number, asked), ...addTo(squares[i] as number, centred)],
      ...advance(pointer),
    ]),
    ...[...advance(mean), ...advance(query)],
    ...[...getLocal(pairs), ...constI32(1), ...subI32, ...setLocal(pairs)],
  ]
  const store = rows.flatMap((_, i) => [
    ...[...getLocal(out), ...getLocal(products[i] as number), ...storeV(32 * i)],
    ...[...getLocal(out), ...getLocal(squares[i] as number), ...storeV(32 * i + 16)],
  ])
  return {
    params: 6,
    ints: 3,
    vectors: 11,
    body: [...begin, ...loop(step, getLocal(pairs)), ...store],
  }
}

/** Of one part of a row: Σ (row − mean) · query, and Σ (row − mean)². */
export interface CentredSums {
  product: number
  square: number
}

export interface CentredRows {
  /** The sums over the columns before `split` and over those from there on, for each row. */
  sums(query: Float32Array, rows: readonly Float32Array[]): (readonly [CentredSums, CentredSums])[]
}

const sumsAt = (results: Float64Array, at: number): CentredSums => ({
  product: (results[at] as number) + (results[at + 1] as number),
  square: (results[at + 2] as number) + (results[at + 3] as number),
})

/**
 * Memory: results of four rows for each part, mean, query, four rows.
 * @param centre the mean, as long as a row @param split both parts have an even number of columns
 */
export const createCentredRows = (centre: Float32Array, split: number): CentredRows => {
  const { length } = centre
  const [perPart, rowBytes] = [ROWS_AT_ONCE * RESULTS, BYTES * length]
  const meanAt = 2 * perPart * DOUBLE_BYTES
  const [queryAt, rowsAt] = [meanAt + rowBytes, meanAt + 2 * rowBytes]
  const { buffer, run } = instantiate(rowsAt + ROWS_AT_ONCE * rowBytes, centredSumsKernel())
  const results = new Float64Array(buffer, 0, 2 * perPart)
  const kept = new Float32Array(buffer, meanAt, (2 + ROWS_AT_ONCE) * length)
  kept.set(centre)
  const sumPart = (part: number, from: number, to: number): void => {
    const skip = BYTES * from
    // The kernel looks at the count after a pair.
    if (from === to) return
    const [mean, query] = [meanAt + skip, queryAt + skip]
    run(rowsAt + skip, rowBytes, mean, query, (to - from) / 2, part * perPart * DOUBLE_BYTES)
  }
  return {
    sums: (query, rows) => {
      kept.set(query, length)
      return rows.map((_, row) => {
        const at = row % ROWS_AT_ONCE
        if (at === 0) {
          const group = rows.slice(row, row + ROWS_AT_ONCE)
          for (const [i, values] of group.entries()) kept.set(values, (2 + i) * length)
          sumPart(0, 0, split)
          sumPart(1, split, length)
        }
        return [sumsAt(results, at * RESULTS), sumsAt(results, perPart + at * RESULTS)] as const
      })
    },
  }
}
