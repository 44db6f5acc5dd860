// Where something new belongs on a map: among its neighbours, nearer to the more similar ones.
import type { VectorHit } from '../vector-index.ts'

/** The nearest few decide: the mean of many would lie in the middle of the map, where nothing is. */
const MOST = 3
/** A neighbour this much less similar than the best counts e times less. */
const BANDWIDTH = 0.05

/**
 * The mean of the best hits' places, by similarity; null without hits on the map.
 * @param hits best first
 * @param places `[position × 2]`
 */
export const placeBeside = (
  hits: readonly VectorHit[],
  places: Float32Array,
): [x: number, y: number] | null => {
  const near = hits.filter(({ position }) => position * 2 + 1 < places.length).slice(0, MOST)
  const best = near[0]?.similarity
  if (best === undefined) return null
  let [x, y, sum] = [0, 0, 0]
  for (const { position, similarity } of near) {
    const weight = Math.exp((similarity - best) / BANDWIDTH)
    x += weight * (places[position * 2] as number)
    y += weight * (places[position * 2 + 1] as number)
    sum += weight
  }
  return [x / sum, y / sum]
}
