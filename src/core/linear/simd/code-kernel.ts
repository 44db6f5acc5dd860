// The inner loop of a search by codes: a row is half a byte for each part of it, which names one of sixteen numbers in a table
// of the query. 32 rows at a time; the sums of the numbers stand for inner products. André, Kermarrec & Le Scouarnec 2015, "Cache
// locality is not enough: high-performance nearest neighbor search with product quantization fast scan".
import {
  addBytesV,
  addI32,
  addShortsV,
  andV,
  bytesV,
  type Code,
  constI32,
  getLocal,
  lanesV,
  loadV,
  lookUpV,
  loop,
  maxShortsV,
  setLocal,
  shiftBytesV,
  shiftShortsUpV,
  shiftShortsV,
  storeFirstV,
  storeV,
  subI32,
  subShortsV,
  zeroV,
} from './assembler.ts'

/** Rows that one turn of the loop takes, in two vectors of sixteen. */
export const CODE_ROWS = 32
/** Results of a turn: the best sum of its even rows and of its odd rows. */
export const CODE_LANES = 2
/** Parts of a row that are summed as bytes, before they are widened. */
export const CODE_PARTS = 8
/** Largest number of a table: as many as are summed stay within a byte. */
export const MOST_LEVEL = 31
/** Bytes of the codes of 32 rows in two parts: the earlier part is the lower half of a byte. */
export const PAIR_BYTES = 32

/** Parameters, in bytes but for the counts: codes, tables, steps of parts, sums, best of lanes, groups. */
const [codes, tables, steps, out, best, groups] = [0, 1, 2, 3, 4, 5] as const
const [table, left] = [6, 7] as const
const sums = [8, 9] as const
const [even, odd] = [
  [10, 11],
  [12, 13],
] as const
const [code, lower, upper] = [14, 15, 16] as const
const HALVES = [0, 1] as const

const advance = (local: number, by: number): number[] => [
  ...[...getLocal(local), ...constI32(by), ...addI32, ...setLocal(local)],
]

const countDown = (local: number): number[] => [
  ...[...getLocal(local), ...constI32(1), ...subI32, ...setLocal(local)],
]

/** Adds the numbers of two parts to both vectors of sums. */
const pair = (at: number): number[] => [
  ...[...getLocal(table), ...loadV(PAIR_BYTES * at), ...setLocal(lower)],
  ...[...getLocal(table), ...loadV(PAIR_BYTES * at + 16), ...setLocal(upper)],
  ...HALVES.flatMap((half) => [
    ...[...getLocal(codes), ...loadV(PAIR_BYTES * at + 16 * half), ...setLocal(code)],
    ...(at === 0 ? zeroV : getLocal(sums[half])),
    ...[...getLocal(lower), ...getLocal(code), ...bytesV(15), ...andV, ...lookUpV, ...addBytesV],
    ...[...getLocal(upper), ...getLocal(code), ...constI32(4), ...shiftBytesV, ...lookUpV],
    ...[...addBytesV, ...setLocal(sums[half])],
  ]),
]

/** Eight parts. `even` gets sums of two bytes as they lie, so that of a row plus 256 times that of its neighbour, which `odd` gets. */
const step = [
  ...[...pair(0), ...pair(1), ...pair(2), ...pair(3)],
  ...HALVES.flatMap((half) => [
    ...[...getLocal(even[half]), ...getLocal(sums[half]), ...addShortsV, ...setLocal(even[half])],
    ...[...getLocal(odd[half]), ...getLocal(sums[half]), ...constI32(8), ...shiftShortsV],
    ...[...addShortsV, ...setLocal(odd[half])],
  ]),
  ...[...advance(codes, 4 * PAIR_BYTES), ...advance(table, 4 * PAIR_BYTES), ...countDown(left)],
]

const greater = (a: number, b: number): number[] => [
  ...[...getLocal(a), ...getLocal(b), ...maxShortsV, ...setLocal(a)],
]

/** The greatest so far, of each lane and of another. */
const folded = (lanes: readonly number[]): number[] => [
  ...[...getLocal(even[0]), ...getLocal(even[0]), ...lanesV(lanes), ...setLocal(code)],
  ...greater(even[0], code),
]

const store = [
  ...HALVES.flatMap((half) => [
    ...[...getLocal(even[half]), ...getLocal(odd[half]), ...constI32(8), ...shiftShortsUpV],
    ...[...subShortsV, ...setLocal(even[half])],
    ...[...getLocal(out), ...getLocal(even[half]), ...storeV(32 * half)],
    ...[...getLocal(out), ...getLocal(odd[half]), ...storeV(32 * half + 16)],
    ...greater(even[half], odd[half]),
  ]),
  ...greater(even[0], even[1]),
  ...[...folded([2, 3, 0, 1]), ...folded([1, 0, 3, 2])],
  ...[...getLocal(best), ...getLocal(even[0]), ...storeFirstV],
  ...[...advance(out, 2 * CODE_ROWS), ...advance(best, 2 * CODE_LANES)],
]

const begin = [
  ...[...getLocal(tables), ...setLocal(table), ...getLocal(steps), ...setLocal(left)],
  ...[...even, ...odd].flatMap((sum) => [...zeroV, ...setLocal(sum)]),
]

/**
 * out[i] = sum of row i, in 16 bits. Of each group of 32 rows, best[0] is the largest sum of an even row and best[1] of an odd one.
 */
export const codeRowsKernel = (): Code => ({
  params: 6,
  ints: 2,
  vectors: 9,
  body: loop(
    [...begin, ...loop(step, getLocal(left)), ...store, ...countDown(groups)],
    getLocal(groups),
  ),
})

/** The byte of sixteen that holds row `row` of them: rows of even bytes come first, so that sums are in the order of the rows. */
export const codeLane = (row: number): number => (row < 8 ? 2 * row : 2 * (row - 8) + 1)
