// The inner loop of a rough search: rows of signed bytes against one query of 16-bit numbers, four rows at a time.
import {
  addI32,
  addIntsV,
  type Code,
  constI32,
  dotPairsV,
  getLocal,
  lanesV,
  loadBytesV,
  loadI32,
  loadV,
  loop,
  mulV,
  setLocal,
  storeV,
  subI32,
  toFloatsV,
  zeroV,
} from './assembler.ts'

/** Numbers of a row that one step of the loop takes. */
export const BYTES_A_STEP = 16

/**
 * Parameters, in bytes but for `steps` and `groups`: first row, row stride, query, steps a row, first result, groups of rows,
 * first factor of a row.
 */
const [row, stride, query, steps, out, groups, factors] = [0, 1, 2, 3, 4, 5, 6] as const
const rows = [7, 8, 9, 10] as const
const [asked, left] = [11, 12] as const
const sums = [13, 14, 15, 16] as const
const numbers = 17

const add = (local: number, by: readonly number[]): number[] => [
  ...[...getLocal(local), ...by, ...addI32, ...setLocal(local)],
]

const countDown = (local: number): number[] => [
  ...[...getLocal(local), ...constI32(1), ...subI32, ...setLocal(local)],
]

const copy = (from: number, to: number): number[] => [...getLocal(from), ...setLocal(to)]

const begin = [
  ...[...copy(query, asked), ...copy(steps, left)],
  ...sums.flatMap((sum) => [...zeroV, ...setLocal(sum)]),
]

/** The four rows from `row` on. */
const nextRows = [
  ...copy(row, rows[0]),
  ...rows
    .slice(1)
    .flatMap((pointer, i) => [
      ...copy(rows[i] as number, pointer),
      ...add(pointer, getLocal(stride)),
    ]),
]

/** The four rows whose addresses lie at `row`. */
const listedRows = rows.flatMap((pointer, i) => [
  ...[...getLocal(row), ...constI32(4 * i), ...addI32, ...loadI32, ...setLocal(pointer)],
])

/** Half a step: eight numbers of each row. */
const eight = (at: number): number[] => [
  ...[...getLocal(asked), ...loadV(2 * at), ...setLocal(numbers)],
  ...sums.flatMap((sum, i) => [
    ...[...getLocal(sum), ...getLocal(rows[i] as number), ...loadBytesV(at)],
    ...[...getLocal(numbers), ...dotPairsV, ...addIntsV, ...setLocal(sum)],
  ]),
]

const step = [
  ...[...eight(0), ...eight(8)],
  ...rows.flatMap((pointer) => add(pointer, constI32(BYTES_A_STEP))),
  ...[...add(asked, constI32(2 * BYTES_A_STEP)), ...countDown(left)],
]

/** Two vectors of partial sums → one with two partial sums of each. */
const pairs = (first: number, second: number): number[] => [
  ...[...getLocal(first), ...getLocal(second), ...lanesV([0, 4, 1, 5])],
  ...[...getLocal(first), ...getLocal(second), ...lanesV([2, 6, 3, 7]), ...addIntsV],
]

/** The four sums, each the total of its four lanes, times the rows' factors. */
const store = [
  ...[...pairs(sums[0], sums[1]), ...setLocal(sums[0])],
  ...[...pairs(sums[2], sums[3]), ...setLocal(sums[2])],
  ...getLocal(out),
  ...[...getLocal(sums[0]), ...getLocal(sums[2]), ...lanesV([0, 1, 4, 5])],
  ...[...getLocal(sums[0]), ...getLocal(sums[2]), ...lanesV([2, 3, 6, 7]), ...addIntsV],
  ...[...toFloatsV, ...getLocal(factors), ...loadV(0), ...mulV, ...storeV(0)],
]

const groupsOf = (first: readonly number[], advance: readonly number[]): Code => ({
  params: 7,
  ints: 6,
  vectors: 5,
  body: loop(
    [
      ...[...first, ...begin, ...loop(step, getLocal(left)), ...store, ...advance],
      ...[...add(out, constI32(16)), ...add(factors, constI32(16)), ...countDown(groups)],
    ],
    getLocal(groups),
  ),
})

/** out[i] = factor i · (row i · query), for four rows of each group; the inner product is exact. */
export const byteRowsKernel = (): Code => groupsOf(nextRows, copy(rows[3], row))

/** The same of rows anywhere: the first parameter is where their addresses lie, the second is not looked at. */
export const listedByteRowsKernel = (): Code => groupsOf(listedRows, add(row, constI32(16)))
