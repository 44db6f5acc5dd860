// The nearest neighbours of a proposal among the exemplars and the other proposals, and its effect on held-out prompts: by exact
// search, before any classifier is fitted.

import { largestColumns } from '../../core/classifier/nearest.ts'
import { firstColumns } from '../../core/classifier/training-rows.ts'
import { rowOf } from '../../core/linear/matrix.ts'
import { productByBlocks } from '../../core/linear/simd/product.ts'
import type { RowShape } from '../../core/linear/vectors.ts'

/** Number of neighbours, as many as a decision fetches. */
export const LOOKED_AT = 32
/** Bandwidth of the kernel vote exp((similarity − best) / BANDWIDTH). */
const BANDWIDTH = 0.1

export interface Near {
  position: number
  similarity: number
}

/** Unit sentence embeddings of whole rows. */
export const embeddingsOf = (rows: Float32Array, { dimensions, searchDimensions }: RowShape) =>
  firstColumns({ rows: rows.length / dimensions, cols: dimensions, data: rows }, searchDimensions)

/** The `k` rows of `targets` nearest to each of `asked`, best first. Both hold whole rows. */
export const nearestRows = (
  asked: Float32Array,
  targets: Float32Array,
  { shape, k }: { shape: RowShape; k: number },
): Near[][] => {
  const found: Near[][] = []
  if (asked.length === 0) return found
  if (targets.length === 0) return Array.from({ length: asked.length / shape.dimensions }, () => [])
  productByBlocks(embeddingsOf(asked, shape), embeddingsOf(targets, shape), (from, values) => {
    for (let i = 0; i < values.rows; i++) {
      const row = rowOf(values, i)
      found[from + i] = largestColumns(row, k).map((position) => ({
        position,
        similarity: row[position] as number,
      }))
    }
  })
  return found
}

/** Share of each route in the similarity-weighted vote of the neighbours. */
export const voteShares = (near: readonly { route: string; similarity: number }[]) => {
  const shares = new Map<string, number>()
  const top = near.reduce((best, { similarity }) => Math.max(best, similarity), -1)
  let sum = 0
  for (const { route, similarity } of near) {
    const weight = Math.exp((similarity - top) / BANDWIDTH)
    shares.set(route, (shares.get(route) ?? 0) + weight)
    sum += weight
  }
  for (const [route, share] of shares) shares.set(route, share / (sum || 1))
  return shares
}

const winnerOf = (near: readonly { route: string; similarity: number }[]): string | null => {
  let best: [string, number] | null = null
  for (const entry of voteShares(near)) if (best === null || entry[1] > best[1]) best = entry
  return best?.[0] ?? null
}

/** A held-out prompt with its nearest neighbours. */
export interface Watched {
  route: string
  near: { route: string; similarity: number }[]
}

/** Number of held-out prompts that one more exemplar would make right, and wrong, in the neighbours' vote. */
export const effectOn = (
  watched: readonly Watched[],
  similarities: Float32Array,
  route: string,
): { fixes: number; breaks: number } => {
  let fixes = 0
  let breaks = 0
  watched.forEach((prompt, i) => {
    const similarity = similarities[i] as number
    const last = prompt.near.at(-1)?.similarity ?? -1
    if (prompt.near.length >= LOOKED_AT && similarity <= last) return
    const before = winnerOf(prompt.near) === prompt.route
    const after = winnerOf([...prompt.near.slice(0, LOOKED_AT - 1), { route, similarity }])
    if (!before && after === prompt.route) fixes++
    if (before && after !== prompt.route) breaks++
  })
  return { fixes, breaks }
}
