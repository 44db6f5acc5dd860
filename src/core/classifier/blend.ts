// Weights of the neighbours' vote, the centroids and the word head beside the dense head: those of least out-of-fold log loss.
import { addScaled, logSoftmax, type Matrix } from '../linear/matrix.ts'

/** Weights of the parts' log-probabilities; the dense head's is 1. `sharpness` multiplies the sum before the softmax. */
export interface Blend {
  readonly bandwidth: number
  readonly vote: number
  readonly centroid: number
  readonly words: number
  readonly sharpness: number
}

/** Log-probabilities `[n × routes]` by each part, for rows that no part was fitted on. */
export interface Parts {
  readonly head: Matrix
  readonly centroid: Matrix
  readonly votes: readonly { readonly bandwidth: number; readonly vote: Matrix }[]
  /** Null where no word head was fitted. */
  readonly words: Matrix | null
}

/** Kernel widths tried for the neighbours' vote, in cosine of the feature space. */
export const BANDWIDTHS: readonly number[] = [0.03, 0.05, 0.1]
const VOTES: readonly number[] = [0, 0.25, 0.5, 1, 2]
const CENTROIDS: readonly number[] = [0, 0.5]
const WORDS: readonly number[] = [0, 0.25, 0.5, 1, 2]
/** The word head costs time in every decision, so it must reduce the log loss per row by this much. */
const WORTH_WORDS = 0.002

/** Any part must reduce the loss by more than rounding errors: ties go to fewer parts. */
const WORTH_PART = 1e-6
/**
 * With few rows, chance picks another one of several similar blends at each rebuild, which moves the routes of many prompts
 * (1.4 points from one build to the next on BANKING77 with 386 exemplars). So each departure from the usual blend, head and
 * centroids, must improve the log-likelihood over all rows by this much.
 */
const WORTH_DEPARTURE = 2
const USUAL_CENTROID = 0.5
/**
 * Differences of the log-likelihood over all rows are divided by this before they count, as most of them is chance: one more
 * exemplar deals all folds anew, which on the shipped ones moved the difference of two weights from 21 to −7.
 */
const ALIKE = 8

/** Mean negative log-likelihood of column 0 under softmax(scale · rows), with its first two derivatives by the scale. */
const lossOfFirst = ({ rows, cols, data }: Matrix, scale: number) => {
  let [loss, slope, bend] = [0, 0, 0]
  for (let i = 0; i < rows; i++) {
    const from = i * cols
    let top = Number.NEGATIVE_INFINITY
    for (let j = from; j < from + cols; j++) top = Math.max(top, data[j] as number)
    let [sum, first, second] = [0, 0, 0]
    for (let j = from; j < from + cols; j++) {
      const below = (data[j] as number) - top
      if (scale * below <= -20) continue
      const e = Math.exp(scale * below)
      sum += e
      first += e * below
      second += e * below * below
    }
    const mean = first / sum
    const own = (data[from] as number) - top
    loss += Math.log(sum) - scale * own
    slope += mean - own
    bend += second / sum - mean * mean
  }
  const n = Math.max(1, rows)
  return { loss: loss / n, slope: slope / n, bend: bend / n }
}

const LEAST_SCALE = 0.1
const LARGEST_SCALE = 8
const MAX_STEPS = 12

/** The scale of least loss; the loss is convex in it: Newton's method from `start`, with halved steps after an overshoot. */
const fitSharpness = (m: Matrix, start: number): { scale: number; loss: number } => {
  let best = { scale: start, ...lossOfFirst(m, start) }
  for (let step = 0, size = 1; step < MAX_STEPS; step++) {
    const wanted = best.scale - (size * best.slope) / Math.max(best.bend, 1e-9)
    const scale = Math.min(LARGEST_SCALE, Math.max(LEAST_SCALE, wanted))
    if (Math.abs(scale - best.scale) < 1e-3 * best.scale) break
    const next = { scale, ...lossOfFirst(m, scale) }
    if (next.loss < best.loss) {
      best = next
      size = 1
    } else size /= 2
  }
  return best
}

const KEPT = 12

/** The label's value, then the row's largest others: a softmax over these approximates that over all, at a tenth of the cost. */
const labelAndLargest = (m: Matrix, labels: Int32Array): Matrix => {
  const kept = Math.max(0, Math.min(KEPT, m.cols - 1))
  const data = new Float32Array(m.rows * (kept + 1)).fill(-1e4)
  for (let i = 0; i < m.rows; i++) {
    const from = i * m.cols
    const to = i * (kept + 1)
    const label = labels[i] as number
    data[to] = m.data[from + label] as number
    for (let j = 0; j < m.cols; j++) {
      const value = m.data[from + j] as number
      if (j === label || value <= (data[to + kept] as number)) continue
      let at = to + kept
      for (; at > to + 1 && (data[at - 1] as number) < value; at--) {
        data[at] = data[at - 1] as number
      }
      data[at] = value
    }
  }
  return { rows: m.rows, cols: kept + 1, data }
}

const withPart = (sum: Matrix, part: Matrix | null | undefined, weight: number): Matrix =>
  weight === 0 || !part ? sum : addScaled(sum, part, weight)

const weightedSum = (parts: Parts, weights: Weights): Matrix => {
  const vote = parts.votes.find(({ bandwidth }) => bandwidth === weights.bandwidth)?.vote
  const voted = withPart(parts.head, vote, weights.vote)
  return withPart(withPart(voted, parts.centroid, weights.centroid), parts.words, weights.words)
}

/** Blended log-probabilities. */
export const applyBlend = (parts: Parts, blend: Blend): Matrix =>
  logSoftmax(weightedSum(parts, blend), blend.sharpness)

const costOf = (
  { words, centroid, vote }: Pick<Blend, 'words' | 'centroid' | 'vote'>,
  rows: number,
): number => {
  const departures = Number(words > 0) + Number(vote > 0) + Number(centroid !== USUAL_CENTROID)
  return (
    (words > 0 ? WORTH_WORDS : 0) +
    (centroid > 0 ? WORTH_PART : 0) +
    (vote > 0 ? WORTH_PART : 0) +
    (WORTH_DEPARTURE * departures) / Math.max(1, rows)
  )
}

type Weights = Omit<Blend, 'sharpness'>

interface Candidate extends Weights {
  charged: number
}

/**
 * The mean of the weights on the grid, each by its tempered likelihood: the best alone changes by leaps from one build to the next
 * where two are about as good, and the routes of prompts with it. Parts that the best leaves out stay out.
 */
const meanWeights = (candidates: readonly Candidate[], best: Candidate, rows: number): Weights => {
  let [total, vote, words] = [0, 0, 0]
  for (const one of candidates) {
    if (one.bandwidth !== best.bandwidth || one.centroid !== best.centroid) continue
    if (one.vote > 0 !== best.vote > 0 || one.words > 0 !== best.words > 0) continue
    const weight = Math.exp((-rows * (one.charged - best.charged)) / ALIKE)
    total += weight
    vote += weight * one.vote
    words += weight * one.words
  }
  const { bandwidth, centroid } = best
  return { bandwidth, centroid, vote: vote / total, words: words / total }
}

/** Every combination that is tried, fewer parts first. */
const gridOf = (parts: Parts): Weights[] =>
  (parts.words ? WORDS : [0]).flatMap((words) =>
    CENTROIDS.flatMap((centroid) =>
      parts.votes.flatMap(({ bandwidth }, i) =>
        (i === 0 ? VOTES : VOTES.slice(1)).map((vote) => ({ bandwidth, vote, centroid, words })),
      ),
    ),
  )

/**
 * Weights of least loss by a grid search, then the mean of those about as good; the sharpness is fitted for each. Ties go to
 * fewer parts.
 */
export const chooseBlend = (parts: Parts, labels: Int32Array): Blend => {
  let sharpness = 1
  const sharpnessOf = (weights: Weights) => {
    const sum = weightedSum(parts, weights)
    return fitSharpness(labelAndLargest(sum, labels), sharpness)
  }
  let best: Candidate | null = null
  const candidates = gridOf(parts).map((weights): Candidate => {
    const { scale, loss } = sharpnessOf(weights)
    const candidate = { ...weights, charged: loss + costOf(weights, labels.length) }
    if (best === null || candidate.charged < best.charged) {
      best = candidate
      sharpness = scale
    }
    return candidate
  })
  if (best === null) return { bandwidth: 0.05, vote: 0, centroid: 0, words: 0, sharpness: 1 }
  const weights = meanWeights(candidates, best, labels.length)
  return { ...weights, sharpness: sharpnessOf(weights).scale }
}
