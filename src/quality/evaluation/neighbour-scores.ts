// What the prompts nearest to a prompt were worth with each model: weighted by similarity, drawn towards the mean of all.
import { type Matrix, rowOf } from '../../core/linear/matrix.ts'
import { productByBlocks } from '../../core/linear/simd/product.ts'
import { columnMeans } from '../../core/outcomes/outcome-table.ts'

export interface Nearest {
  /** Prompts × k: positions of the known rows, in no order; −1 where there are fewer. */
  readonly rows: Int32Array
  /** Their cosine similarities. */
  readonly similarities: Float32Array
  readonly k: number
}

/** Puts the last place of a min-heap of similarities where it belongs, from the root down. */
const sink = (
  rows: Int32Array,
  similarities: Float32Array,
  { from, k }: { from: number; k: number },
): void => {
  let at = 0
  for (;;) {
    let least = at
    for (const child of [2 * at + 1, 2 * at + 2]) {
      if (
        child < k &&
        (similarities[from + child] as number) < (similarities[from + least] as number)
      )
        least = child
    }
    if (least === at) return
    const [a, b] = [from + at, from + least]
    const [row, similarity] = [rows[a] as number, similarities[a] as number]
    rows[a] = rows[b] as number
    similarities[a] = similarities[b] as number
    rows[b] = row
    similarities[b] = similarity
    at = least
  }
}

/** The k most similar of the known rows for each prompt, by exact search. */
export const nearestOf = (prompts: Matrix, known: Matrix, k: number): Nearest => {
  const rows = new Int32Array(prompts.rows * k).fill(-1)
  const similarities = new Float32Array(prompts.rows * k).fill(Number.NEGATIVE_INFINITY)
  productByBlocks(prompts, known, (first, values) => {
    for (let i = 0; i < values.rows; i++) {
      const from = (first + i) * k
      for (let j = 0; j < values.cols; j++) {
        const similarity = values.data[i * values.cols + j] as number
        if (similarity <= (similarities[from] as number)) continue
        rows[from] = j
        similarities[from] = similarity
        sink(rows, similarities, { from, k })
      }
    }
  })
  return { rows, similarities, k }
}

export interface NeighbourOptions {
  /** Neighbours that count, at most those that were found. */
  k: number
  /** A neighbour less similar than the nearest by this much counts 1/e as much. */
  temperature: number
  /** Neighbours of full weight that the mean of all rows stands for. */
  pseudoCount: number
}

/** The k-th largest of a prompt's similarities: those below it do not count. */
const leastCounted = (similarities: Float32Array, k: number): number => {
  if (k >= similarities.length) return Number.NEGATIVE_INFINITY
  return similarities.slice().sort()[similarities.length - k] as number
}

/** @returns prompts × models */
export const neighbourScores = (
  nearest: Nearest,
  scores: Matrix,
  options: NeighbourOptions,
): Matrix => {
  const { cols } = scores
  const means = columnMeans(scores)
  const count = nearest.rows.length / nearest.k
  const data = new Float32Array(count * cols)
  for (let i = 0; i < count; i++) {
    const similarities = nearest.similarities.subarray(i * nearest.k, (i + 1) * nearest.k)
    const least = leastCounted(similarities, options.k)
    const top = similarities.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY)
    const sums = means.map((mean) => mean * options.pseudoCount)
    let weights = options.pseudoCount
    for (const [n, similarity] of similarities.entries()) {
      const row = nearest.rows[i * nearest.k + n] as number
      if (row < 0 || similarity < least) continue
      const weight = Math.exp((similarity - top) / options.temperature)
      weights += weight
      const values = rowOf(scores, row)
      for (let m = 0; m < cols; m++) sums[m] = (sums[m] as number) + weight * (values[m] as number)
    }
    for (let m = 0; m < cols; m++) data[i * cols + m] = (sums[m] as number) / weights
  }
  return { rows: count, cols, data }
}
