// Inner products of some rows with one query, in double precision: the numbers of `dot`, to the last bit, in a fraction of its time.
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
  subI32,
  zeroV,
} from './assembler.ts'
import { instantiate } from './instance.ts'

const ROWS_AT_ONCE = 4
/** `dot` has as many accumulators, for every fourth number each. */
const SUMS = 4
const QUAD_BYTES = 16

/** Parameters, in bytes but for `quads`: first row, row stride, query, groups of four numbers, results. */
const [row, stride, query, quads, out] = [0, 1, 2, 3, 4] as const
const rows = [row, 5, 6, 7] as const
const sums = [8, 9, 10, 11, 12, 13, 14, 15] as const
const asked = 16

const advance = (local: number): number[] => [
  ...[...getLocal(local), ...constI32(QUAD_BYTES), ...addI32, ...setLocal(local)],
]

/** Two numbers of each row, from byte `at` of the four on. */
const two = (at: number): number[] => [
  ...[...getLocal(query), ...constI32(at), ...addI32, ...loadDoublesV(0), ...setLocal(asked)],
  ...rows.flatMap((pointer, i) => {
    const sum = sums[2 * i + at / 8] as number
    return [
      ...[...getLocal(sum), ...getLocal(pointer), ...constI32(at), ...addI32, ...loadDoublesV(0)],
      ...[...getLocal(asked), ...mulDoublesV, ...addDoublesV, ...setLocal(sum)],
    ]
  }),
]

const plainDotsKernel = (): Code => ({
  params: 5,
  ints: 3,
  vectors: 9,
  body: [
    ...rows
      .slice(1)
      .flatMap((pointer, i) => [
        ...[...getLocal(rows[i] as number), ...getLocal(stride), ...addI32, ...setLocal(pointer)],
      ]),
    ...sums.flatMap((sum) => [...zeroV, ...setLocal(sum)]),
    ...loop(
      [
        ...[...two(0), ...two(8), ...rows.flatMap(advance), ...advance(query)],
        ...[...getLocal(quads), ...constI32(1), ...subI32, ...setLocal(quads)],
      ],
      getLocal(quads),
    ),
    ...sums.flatMap((sum, i) => [...getLocal(out), ...getLocal(sum), ...storeV(16 * i)]),
  ],
})

export interface PlainDots {
  /** `dot` of each row with the query; all have `cols` numbers. */
  of(query: Float32Array, rows: readonly Float32Array[]): number[]
}

/** Memory: results of four rows, the query, four rows. */
export const createPlainDots = (cols: number): PlainDots => {
  const whole = Math.floor(cols / SUMS)
  const [queryAt, rowBytes] = [8 * SUMS * ROWS_AT_ONCE, QUAD_BYTES * Math.max(1, whole)]
  const rowsAt = queryAt + rowBytes
  const { buffer, run } = instantiate(rowsAt + ROWS_AT_ONCE * rowBytes, plainDotsKernel())
  const results = new Float64Array(buffer, 0, SUMS * ROWS_AT_ONCE)
  const kept = new Float32Array(buffer, queryAt, (1 + ROWS_AT_ONCE) * (rowBytes / 4))
  const width = rowBytes / 4
  /** The sums as `dot` adds them up, what is left of a row first. */
  const total = (at: number, asked: Float32Array, values: Float32Array): number => {
    let first = results[at] as number
    for (let i = SUMS * whole; i < cols; i++) {
      first += (values[i] as number) * (asked[i] as number)
    }
    return (
      first +
      (results[at + 1] as number) +
      (results[at + 2] as number) +
      (results[at + 3] as number)
    )
  }
  return {
    of: (asked, chosen) => {
      kept.set(asked.subarray(0, SUMS * whole))
      return chosen.map((values, i) => {
        const at = i % ROWS_AT_ONCE
        if (at === 0) {
          for (let j = 0; j < ROWS_AT_ONCE && i + j < chosen.length; j++) {
            kept.set((chosen[i + j] as Float32Array).subarray(0, SUMS * whole), (1 + j) * width)
          }
          // The kernel looks at the count after four numbers; shorter rows are zeros to it.
          run(rowsAt, rowBytes, queryAt, Math.max(1, whole), 0)
        }
        return total(at * SUMS, asked, values)
      })
    },
  }
}
