// The two SIMD inner loops of a softmax regression on sparse rows, eight routes at a time: a row's logits, and its gradient step.
// A row is a run of pairs of two 4-byte numbers: the byte offset of its column's weights, and its value.
import {
  addI32,
  addV,
  type Code,
  constI32,
  getLocal,
  loadI32,
  loadV,
  loop,
  mulV,
  setLocal,
  splatV,
  storeV,
  subI32,
} from './assembler.ts'

const PAIR_BYTES = 8
const HALVES = [0, 16] as const

/** Parameters, in bytes but for `count`: first pair, pairs in the row, first weight, eight numbers of the routes. */
const [pair, count, weights, numbers] = [0, 1, 2, 3] as const
/** Locals: where the column's weights lie, the pair's value, and the eight numbers. */
const [column, value] = [4, 5] as const
const eight = [6, 7] as const

const next = [
  ...[...getLocal(pair), ...constI32(PAIR_BYTES), ...addI32, ...setLocal(pair)],
  ...[...getLocal(count), ...constI32(1), ...subI32, ...setLocal(count)],
]

const readPair = [
  ...[...getLocal(pair), ...loadI32, ...getLocal(weights), ...addI32, ...setLocal(column)],
  ...[...getLocal(pair), ...splatV(4), ...setLocal(value)],
]

const loadNumbers = HALVES.flatMap((at, half) => [
  ...getLocal(numbers),
  ...loadV(at),
  ...setLocal(eight[half] as number),
])

const code = (body: readonly number[]): Code => ({ params: 4, ints: 1, vectors: 3, body })

/** numbers += value · weights of the column, over all pairs of the row. */
export const sparseLogitsKernel = (): Code => {
  const sum = HALVES.flatMap((at, half) => [
    ...[...getLocal(eight[half] as number), ...getLocal(column), ...loadV(at)],
    ...[...getLocal(value), ...mulV, ...addV, ...setLocal(eight[half] as number)],
  ])
  const store = HALVES.flatMap((at, half) => [
    ...getLocal(numbers),
    ...getLocal(eight[half] as number),
    ...storeV(at),
  ])
  const rows = loop([...readPair, ...sum, ...next], getLocal(count))
  return code([...loadNumbers, ...rows, ...store])
}

/** weights of the column += value · numbers, over all pairs of the row. */
export const sparseStepKernel = (): Code => {
  const move = HALVES.flatMap((at, half) => [
    ...[...getLocal(column), ...getLocal(column), ...loadV(at)],
    ...[...getLocal(value), ...getLocal(eight[half] as number), ...mulV, ...addV, ...storeV(at)],
  ])
  return code([...loadNumbers, ...loop([...readPair, ...move, ...next], getLocal(count))])
}
