// Few out of many, each for its worth and for being unlike what was picked before: ten labels must not all say the same.
import { type Matrix, rowOf } from '../../../core/linear/matrix.ts'
import { createRowStore } from '../../../core/linear/simd/row-store.ts'

export interface PickOptions {
  /** Most that are picked. */
  count: number
  /** Cosine from which two rows begin to count as the same: below it a pick costs its neighbours nothing. */
  apart: number
}

/** The cosine of a row with itself misses 1 by less. */
const ROUNDING = 1e-5

/**
 * Greedy: the row of the largest weight, then every other weight times 1 − overlap, where the overlap with the nearest
 * pick rises from 0 at `apart` to 1 at the same text (a local penalty, as in Brinker's diverse active learning, 2003).
 * @param weights of each row, not negative; rows of weight 0 are never picked
 * @returns positions in the order of picking
 */
export const pickDiverse = (
  rows: Matrix,
  weights: ArrayLike<number>,
  { count, apart }: PickOptions,
): number[] => {
  const left = Float64Array.from(weights)
  const overlaps = new Float64Array(rows.rows)
  const store = createRowStore(rows)
  const picked: number[] = []
  while (picked.length < count) {
    let best = -1
    let most = 0
    for (let i = 0; i < rows.rows; i++) {
      const worth = (left[i] as number) * (1 - (overlaps[i] as number))
      if (worth > most) {
        best = i
        most = worth
      }
    }
    if (best < 0) return picked
    picked.push(best)
    left[best] = 0
    const cosines = store.dots(rowOf(rows, best))
    for (let i = 0; i < rows.rows; i++) {
      const overlap = ((cosines[i] as number) + ROUNDING - apart) / (1 - apart)
      overlaps[i] = Math.min(1, Math.max(overlaps[i] as number, overlap))
    }
  }
  return picked
}
