// Kernel regression of the models' scores on known prompts (Nadaraya 1964, Watson 1964): a mean weighted by similarity, shrunk
// towards the mean of all.
import { type Matrix, rowOf } from '../linear/matrix.ts'
import { productByBlocks } from '../linear/simd/product.ts'
import { dot } from '../linear/vectors.ts'
import { nearSimilarityOf } from './familiarity.ts'

export interface Nearby {
  /** Known prompts' sentence embeddings, unit rows. */
  readonly embeddings: Matrix
  /** Known prompts × models: score minus the model's mean, 0 where unknown. */
  readonly deviations: Matrix
  /** Known prompts × models: 1 where the score is known, else 0. */
  readonly known: Matrix
}

export interface NearbyScores {
  /** Prompts × models: how much better the model is here than on average. */
  readonly deviations: Matrix
  /** Prompts × models: effective number of prompts behind the mean. */
  readonly evidence: Matrix
  /** Prompts × 1: how like the prompt is to the known ones that it is likest to. */
  readonly nearSimilarity: Matrix
}

/** A prompt whose similarity is lower than the highest by this much weighs 1/e of it. Wide: 5 or 40 neighbours are worse than no router. */
const TEMPERATURE = 0.1
/** Weight of the overall mean, in prompts of full weight. */
const PSEUDO_COUNT = 4
/** Smaller weights are ignored. */
const LEAST_WEIGHT = 1e-3

/** Sums one prompt's neighbours into row `i` of the result. */
const addNeighbours = (
  { deviations, known }: Nearby,
  similarities: Float32Array,
  into: NearbyScores,
  i: number,
): void => {
  const models = deviations.cols
  into.nearSimilarity.data[i] = nearSimilarityOf(similarities)
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
  const empty = (width: number): Matrix => ({
    rows,
    cols: width,
    data: new Float32Array(rows * width),
  })
  return { deviations: empty(cols), evidence: empty(cols), nearSimilarity: empty(1) }
}

/** For one prompt, by its similarity to each known one. */
export const nearbyBySimilarity = (nearby: Nearby, similarities: Float32Array): NearbyScores => {
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
    return nearbyBySimilarity(nearby, similarities)
  }
  const scores = noScores(prompts.rows, nearby)
  productByBlocks(prompts, embeddings, (from, values) => {
    for (let i = 0; i < values.rows; i++) addNeighbours(nearby, rowOf(values, i), scores, from + i)
  })
  return scores
}
