// Prompts that are near-duplicates ("twins") of an exemplar take its route, so that a correction takes effect at once, whatever a
// head fitted on thousands of rows predicts.
import type { Neighbour } from '../types.ts'

/** The fields of a neighbour that are read; lists are sorted best first. */
type Near = Pick<Neighbour, 'route' | 'similarity'>

/**
 * Similarity at which an isolated nearest exemplar begins to override the blend, and at which it decides alone: the prompt is a
 * rewording of it.
 */
const TWIN_FROM = 0.65
const TWIN_FULL = 0.9
/** It is isolated where the nearest exemplar of any other route is this much less similar. */
const TWIN_GAP = 0.15
/** The same for a prompt that differs by a word or a typo: it follows its exemplar whatever else is near. */
const SAME_FROM = 0.92
const SAME_FULL = 0.98
const TEMPERATURE = 0.05

const ramp = (value: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)))

/** Weight of the nearest exemplars' vote against the blend, 0 to 1. */
export const twinWeight = (neighbours: readonly Near[]): number => {
  const nearest = neighbours[0]
  if (!nearest) return 0
  const rival = neighbours.find(({ route }) => route !== nearest.route)
  const gap = nearest.similarity - (rival?.similarity ?? -1)
  return Math.max(
    ramp(nearest.similarity, TWIN_FROM, TWIN_FULL) * ramp(gap, 0, TWIN_GAP),
    ramp(nearest.similarity, SAME_FROM, SAME_FULL),
  )
}

/** Share of each route among the neighbours, weighted by exp(similarity / 0.05); sums to 1. */
export const twinShares = (
  neighbours: readonly Near[],
  position: ReadonlyMap<string, number>,
): number[] => {
  const shares = new Array<number>(position.size).fill(0)
  const best = neighbours[0]?.similarity ?? 0
  let sum = 0
  for (const { route, similarity } of neighbours) {
    const i = position.get(route)
    if (i === undefined) continue
    const weight = Math.exp((similarity - best) / TEMPERATURE)
    shares[i] = (shares[i] as number) + weight
    sum += weight
  }
  return sum > 0 ? shares.map((share) => share / sum) : shares
}

/** Log-probabilities of one row with the vote of near-duplicates mixed in. */
export const withTwins = (
  log: Float32Array,
  neighbours: readonly Near[],
  position: ReadonlyMap<string, number>,
): { log: Float32Array; weight: number } => {
  const weight = twinWeight(neighbours)
  if (weight === 0) return { log, weight }
  const shares = twinShares(neighbours, position)
  const mixed = log.map((value, r) =>
    Math.log(weight * (shares[r] as number) + (1 - weight) * Math.exp(value) + 1e-9),
  )
  return { log: mixed, weight }
}
