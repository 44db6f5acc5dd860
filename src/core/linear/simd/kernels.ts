// The two SIMD inner loops, four floats at a time: a tile of a matrix product, and inner products of four rows with one query.
import {
  addI32,
  addV,
  type Code,
  constI32,
  getLocal,
  loadV,
  loop,
  mulV,
  setLocal,
  splatV,
  storeV,
  subI32,
  zeroV,
} from './assembler.ts'

const advance = (pointer: number, by: readonly number[]): number[] => [
  ...getLocal(pointer),
  ...by,
  ...addI32,
  ...setLocal(pointer),
]

const countDown = (counter: number): number[] => [
  ...getLocal(counter),
  ...constI32(1),
  ...subI32,
  ...setLocal(counter),
]

/**
 * C += A·B for a tile of 4 × 8. Arguments, in bytes but for `depth`: a, its row stride, its column stride, b, its row
 * stride, depth, c, its row stride. Eight accumulators, so that each pair of loads from B serves four rows of A.
 */
export const tileKernel = (): Code => {
  const [a, aRow, aCol, b, bRow, depth, c, cRow] = [0, 1, 2, 3, 4, 5, 6, 7] as const
  const rows = [a, 8, 9, 10] as const
  const sum = (row: number, half: number): number => 11 + row * 2 + half
  const [left, right, factor] = [19, 20, 21] as const
  const body: number[] = []
  rows.forEach((row, i) => {
    const before = rows[i - 1]
    if (before !== undefined) {
      body.push(...getLocal(before), ...getLocal(aRow), ...addI32, ...setLocal(row))
    }
    for (const half of [0, 1]) body.push(...zeroV, ...setLocal(sum(i, half)))
  })
  const step = [...getLocal(b), ...loadV(0), ...setLocal(left)]
  step.push(...getLocal(b), ...loadV(16), ...setLocal(right))
  rows.forEach((row, i) => {
    step.push(...getLocal(row), ...splatV(0), ...setLocal(factor))
    for (const [half, column] of [left, right].entries()) {
      step.push(...getLocal(sum(i, half)), ...getLocal(factor), ...getLocal(column))
      step.push(...mulV, ...addV, ...setLocal(sum(i, half)))
    }
    step.push(...advance(row, getLocal(aCol)))
  })
  step.push(...advance(b, getLocal(bRow)), ...countDown(depth))
  body.push(...loop(step, getLocal(depth)))
  rows.forEach((_, i) => {
    for (const half of [0, 1]) {
      body.push(...getLocal(c), ...getLocal(c), ...loadV(16 * half))
      body.push(...getLocal(sum(i, half)), ...addV, ...storeV(16 * half))
    }
    body.push(...advance(c, getLocal(cRow)))
  })
  return { params: 8, ints: 3, vectors: 11, body }
}

/**
 * Four rows against one query. Arguments, in bytes but for `quads`: first row, row stride, query, groups of four floats in
 * a row, where the four partial sums of each row go.
 */
export const dotKernel = (): Code => {
  const [row, stride, query, quads, out] = [0, 1, 2, 3, 4] as const
  const rows = [row, 5, 6, 7] as const
  const sums = [8, 9, 10, 11] as const
  const asked = 12
  const body: number[] = []
  rows.forEach((pointer, i) => {
    const before = rows[i - 1]
    if (before !== undefined) {
      body.push(...getLocal(before), ...getLocal(stride), ...addI32, ...setLocal(pointer))
    }
    body.push(...zeroV, ...setLocal(sums[i] as number))
  })
  const step = [...getLocal(query), ...loadV(0), ...setLocal(asked)]
  rows.forEach((pointer, i) => {
    const sum = sums[i] as number
    step.push(...getLocal(sum), ...getLocal(pointer), ...loadV(0), ...getLocal(asked))
    step.push(...mulV, ...addV, ...setLocal(sum), ...advance(pointer, constI32(16)))
  })
  step.push(...advance(query, constI32(16)), ...countDown(quads))
  body.push(...loop(step, getLocal(quads)))
  sums.forEach((sum, i) => {
    body.push(...getLocal(out), ...getLocal(sum), ...storeV(16 * i))
  })
  return { params: 5, ints: 3, vectors: 5, body }
}
