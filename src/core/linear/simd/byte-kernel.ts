// The inner loop of a rough search: rows of signed bytes against one query of 16-bit numbers, four rows at a time.
import {
  addI32,
  addIntsV,
  type Code,
  constI32,
  dotPairsV,
  getLocal,
  laneI32,
  loadBytesV,
  loadV,
  loop,
  setLocal,
  storeI32,
  subI32,
  zeroV,
} from './assembler.ts'

/** Numbers of a row that one step of the loop takes. */
export const BYTES_A_STEP = 16
const LANES = [0, 1, 2, 3] as const

/** Parameters, in bytes but for `steps` and `groups`: first row, row stride, query, steps a row, first sum, groups of rows. */
const [row, stride, query, steps, out, groups] = [0, 1, 2, 3, 4, 5] as const
const rows = [6, 7, 8, 9] as const
const [asked, left] = [10, 11] as const
const sums = [12, 13, 14, 15] as const
const numbers = 16

const add = (local: number, by: readonly number[]): number[] => [
  ...[...getLocal(local), ...by, ...addI32, ...setLocal(local)],
]

const countDown = (local: number): number[] => [
  ...[...getLocal(local), ...constI32(1), ...subI32, ...setLocal(local)],
]

const copy = (from: number, to: number): number[] => [...getLocal(from), ...setLocal(to)]

const begin = [
  ...[...copy(row, rows[0]), ...copy(query, asked), ...copy(steps, left)],
  ...rows
    .slice(1)
    .flatMap((pointer, i) => [
      ...copy(rows[i] as number, pointer),
      ...add(pointer, getLocal(stride)),
    ]),
  ...sums.flatMap((sum) => [...zeroV, ...setLocal(sum)]),
]

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

const lane = (sum: number, at: number): number[] => [...getLocal(sum), ...laneI32(at)]

const store = sums.flatMap((sum, i) => [
  ...getLocal(out),
  ...LANES.flatMap((at) => (at === 0 ? lane(sum, at) : [...lane(sum, at), ...addI32])),
  ...storeI32(4 * i),
])

/** out[i] = row i · query, as 32-bit integers, for four rows of each group. */
export const byteRowsKernel = (): Code => ({
  params: 6,
  ints: 6,
  vectors: 5,
  body: loop(
    [
      ...[...begin, ...loop(step, getLocal(left)), ...store],
      ...[...copy(rows[3], row), ...add(out, constI32(16)), ...countDown(groups)],
    ],
    getLocal(groups),
  ),
})
