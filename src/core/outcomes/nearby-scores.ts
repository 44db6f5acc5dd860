// What prompts like a prompt were worth with each model: a mean over all known prompts, of which the likest count most
// (Nadaraya 1964, Watson 1964), drawn towards the mean of all.
import { type Matrix, rowOf } from '../linear/matrix.ts'
import { productByBlocks } from '../linear/simd/product.ts'
import { dot } from '../linear/vectors.ts'

export interface Nearby {
  /** Known prompts' sentence embeddings, unit rows. */
  readonly embeddings: Matrix
  /** Known prompts × models: score less the model's mean, 0 where it is not known. */
  readonly deviations: Matrix
  /** Known prompts × models: 1 where the score is known, else 0. */
  readonly known: Matrix
}

export interface NearbyScores {
  /** Prompts × models: by how much the model is better here than on average. */
  readonly deviations: Matrix
  /** Prompts × models: how many prompts of equal weight this rests on. */
  readonly evidence: Matrix
}

/** A prompt less like than the likest by this much counts 1/e as much. Wide: 5 or 40 neighbours are worse than no router. */
const TEMPERATURE = 0.1
/** Prompts of full weight that the mean of all stands for. */
const PSEUDO_COUNT = 4
/** A smaller weight is none. */
const LEAST_WEIGHT = 1e-3

/** Adds up one prompt's neighbours into row `i` of the result. */
const addNeighbours = (
  { deviations, known }: Nearby,
  similarities: Float32Array,
  into: NearbyScores,
  i: number,
): void => {
  const models = deviations.cols
  const top = similarities.reduce((max, value) => Math.max(max, value), -1)
  const [sums, weights, squares] = [0, 0, 0].map(() => new Float64Array(models)) as [
    Float64Array,
    Float64Array,
    Float64Array,
  ]
  for (let row = 0; row < similarities.length; row++) {
    const weight = Math.exp(((similarities[row] as number) - top) / TEMPERATURE)
    if (weight < LEAST_WEIGHT) continue
    for (let m = 0, at = row * models; m < models; m++, at++) {
      const counted = weight * (known.data[at] as number)
      sums[m] = (sums[m] as number) + weight * (deviations.data[at] as number)
      weights[m] = (weights[m] as number) + counted
      squares[m] = (squares[m] as number) + counted * counted
    }
  }
  for (let m = 0; m < models; m++) {
    const weight = weights[m] as number
    into.deviations.data[i * models + m] = (sums[m] as number) / (weight + PSEUDO_COUNT)
    into.evidence.data[i * models + m] =
      weight === 0 ? 0 : (weight * weight) / (squares[m] as number)
  }
}

const noScores = (rows: number, { deviations }: Nearby): NearbyScores => {
  const { cols } = deviations
  const empty = (): Matrix => ({ rows, cols, data: new Float32Array(rows * cols) })
  return { deviations: empty(), evidence: empty() }
}

/** Of one prompt, by its similarity to each known one. */
export const nearbyByLikeness = (nearby: Nearby, similarities: Float32Array): NearbyScores => {
  const scores = noScores(1, nearby)
  addNeighbours(nearby, similarities, scores, 0)
  return scores
}

/** @param prompts their sentence embeddings, unit rows */
export const nearbyScores = (nearby: Nearby, prompts: Matrix): NearbyScores => {
  const { embeddings } = nearby
  if (prompts.rows === 1) {
    const { cols } = embeddings
    const similarities = Float32Array.from({ length: embeddings.rows }, (_, row) =>
      dot(prompts.data, 0, embeddings.data, row * cols, cols),
    )
    return nearbyByLikeness(nearby, similarities)
  }
  const scores = noScores(prompts.rows, nearby)
  productByBlocks(prompts, embeddings, (from, values) => {
    for (let i = 0; i < values.rows; i++) addNeighbours(nearby, rowOf(values, i), scores, from + i)
  })
  return scores
}
