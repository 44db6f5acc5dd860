// How far estimates may be trusted on a prompt: fully where prompts like it were known, not at all where nothing is like it. What a
// regression says of a prompt far from all that it was fitted on is chance, and changes with every rewording.
import type { Matrix } from '../linear/matrix.ts'

/** Likeness from which a prompt is known at all, and from which it is known well. */
export interface Familiarity {
  readonly low: number
  readonly high: number
}

/** Likeness is the mean similarity to so many of the known prompts. */
const NEAREST = 20
/** Shares of the prompts of the same source that are less like the others than `low` and `high`. */
const SHARES = { low: 0.05, high: 0.4 }
/** A prompt as like as this is known, however like each other the known ones are. */
const MOST = { low: 0.5, high: 0.6 }
/** Fewer prompts do not tell what is usual. */
const LEAST_PROMPTS = 100

/** Mean of the largest values; one pass, since nearly all are smaller than the least of them. */
export const nearSimilarityOf = (similarities: Float32Array): number => {
  const top = new Float64Array(Math.min(NEAREST, similarities.length)).fill(-1)
  for (const value of similarities) {
    if (value <= (top[0] as number)) continue
    let at = 1
    for (; at < top.length && (top[at] as number) < value; at++) top[at - 1] = top[at] as number
    top[at - 1] = value
  }
  return top.reduce((sum, value) => sum + value, 0) / Math.max(1, top.length)
}

/** @param nearSimilarity of prompts of the known ones' source, each to others @returns null where they are too few */
export const fitFamiliarity = ({ data }: Matrix): Familiarity | null => {
  if (data.length < LEAST_PROMPTS) return null
  const sorted = data.slice().sort()
  const at = (end: keyof typeof SHARES): number =>
    Math.min(MOST[end], sorted[Math.floor(SHARES[end] * sorted.length)] as number)
  return { low: at('low'), high: at('high') }
}

/** How far each prompt is known, 0 to 1. */
export const familiarShares = ({ data }: Matrix, familiarity: Familiarity | null): Float32Array => {
  if (familiarity === null) return new Float32Array(data.length).fill(1)
  const { low, high } = familiarity
  const width = Math.max(Number.EPSILON, high - low)
  return data.map((value) => Math.max(0, Math.min(1, (value - low) / width)))
}

/** Rows of values drawn to the columns' means, as far as a row's prompt is not known. */
export const drawnToMeans = (
  values: Matrix,
  means: ArrayLike<number>,
  shares: Float32Array,
): Matrix => ({
  ...values,
  data: values.data.map((value, at) => {
    const share = shares[Math.floor(at / values.cols)] as number
    const mean = means[at % values.cols] as number
    return share === 1 ? value : mean + share * (value - mean)
  }),
})
