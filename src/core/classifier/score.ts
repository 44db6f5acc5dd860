// A prompt's text, embedding and neighbours → a probability per route and one calibrated confidence, by the model that fit.ts
// fitted at a rebuild.

import { logSoftmax, type Matrix, stackRows } from '../linear/matrix.ts'
import { createRowStore } from '../linear/simd/row-store.ts'
import type { Classification, ClassificationParts } from '../types.ts'
import type { Classifier, ClassifierInput, ClassifierModel, WordLogits } from './classifier.ts'
import { type ClassifierParts, nonePosition, toParts } from './classifier-codec.ts'
import { type Evidence, evidenceOf, type NearExemplar } from './evidence.ts'
import { createFeatureSimilarities, toSpace } from './feature-space.ts'
import { confidenceOf, type Mixed, mix } from './mix-evidence.ts'
import { noveltyOf } from './novelty.ts'
import { createReadWords } from './word-head.ts'
import { classifyByWords } from './words-alone.ts'

const oneRow = (data: Float32Array): Matrix => ({ rows: 1, cols: data.length, data })

/** Neighbours with their cosine to the prompt in the feature space; routes that were not trained are left out. */
const toNear = (
  { neighbours, neighbourRows }: ClassifierInput,
  position: ReadonlyMap<string, number>,
  similaritiesTo: (rows: readonly Float32Array[]) => number[],
): NearExemplar[] => {
  const labels = neighbours.map(({ route }) => position.get(route))
  const rows = neighbourRows.filter((_, i) => labels[i] !== undefined)
  const similarities = similaritiesTo(rows)
  const near: NearExemplar[] = []
  neighbours.forEach(({ route, similarity }, i) => {
    const label = labels[i]
    const featureSimilarity = similarities[near.length]
    if (label === undefined || featureSimilarity === undefined) return
    near.push({ route, similarity, label, featureSimilarity })
  })
  return near
}

const probabilities = (log: Matrix | null): Float32Array =>
  log ? log.data.map((value) => Math.exp(value)) : new Float32Array(0)

const partsOf = (
  { routes, blend }: ClassifierParts,
  evidence: Evidence,
  twinShare: number,
): ClassificationParts => ({
  routes,
  head: probabilities(evidence.head),
  neighbours: probabilities(evidence.votes[0]?.vote ?? null),
  centroids: probabilities(evidence.centroid),
  words: evidence.words && probabilities(evidence.words),
  weights: { head: 1, neighbours: blend.vote, centroids: blend.centroid, words: blend.words },
  sharpness: blend.sharpness,
  twinShare,
})

const toScores = (routes: readonly string[], { log }: Mixed) =>
  routes
    .map((route, r) => ({ route, score: Math.exp(log.data[r] as number) }))
    .sort((a, b) => b.score - a.score)

/** The empty classification: no neighbours, or no trained routes. */
const nothing = ({ neighbours }: ClassifierInput): Classification => ({
  scores: [],
  confidence: 0,
  margin: 0,
  neighbours,
  novelty: 0,
  noveltyLimit: Number.POSITIVE_INFINITY,
})

/** Evidence of one prompt → its classification. */
const judgeOne = (
  parts: ClassifierParts,
  evidence: Evidence,
  { neighbours }: ClassifierInput,
): Classification => {
  const { routes } = parts
  const prior = parts.descriptions?.prior ?? null
  const mixed = mix(evidence, parts.blend, { routes, none: nonePosition(routes), prior })
  const scores = toScores(routes, mixed)
  return {
    scores,
    confidence: confidenceOf(parts.calibration, mixed, 0),
    margin: (scores[0]?.score ?? 0) - (scores[1]?.score ?? 0),
    neighbours,
    novelty: noveltyOf(parts.novelty, mixed.signs[0] as Mixed['signs'][number]),
    noveltyLimit: parts.noveltyLimit,
    parts: partsOf(parts, evidence, mixed.twinShares[0] as number),
  }
}

/** Logits of a text by the word head; null where there is none. */
const wordReader = ({ words, routes }: ClassifierParts): ((text: string) => WordLogits) => {
  const read = words && createReadWords(words)
  return (text) => {
    if (!read) return null
    const logits = new Float32Array(routes.length)
    read(text, logits)
    return logits
  }
}

/** What the word head says, and decides by itself. */
const createByWords = (
  parts: ClassifierParts,
): Pick<Classifier, 'readWords' | 'classifyWords' | 'classifyWordsFirst'> => {
  const { wordsAlone, routes } = parts
  const none = nonePosition(routes)
  const classifyWords = (words: WordLogits): Classification | null => {
    if (!words || !wordsAlone) return null
    return classifyByWords(wordsAlone, routes, { log: logSoftmax(oneRow(words)), none })
  }
  const firstLimit = wordsAlone?.first?.limit ?? null
  return {
    readWords: wordReader(parts),
    classifyWords,
    classifyWordsFirst: (words) => {
      const made = firstLimit === null ? null : classifyWords(words)
      return made && made.confidence >= (firstLimit as number) ? made : null
    },
  }
}

/**
 * Applies a fitted model: dense head, neighbours' vote, centroids and word head, blended as log-probabilities; near-duplicates
 * of an exemplar follow it. Scores sum to 1 over all trained routes.
 */
export const createClassifier = (model: ClassifierModel): Classifier => {
  const parts = toParts(model)
  const { routes, space, head, blend, counts } = parts
  const position = new Map(routes.map((route, r) => [route, r]))
  const similarities = createFeatureSimilarities(space)
  const none = nonePosition(routes)
  const { descriptions } = parts
  const rows = [head.weights, parts.centroids, ...(descriptions ? [descriptions.centroids] : [])]
  const store = createRowStore(stackRows(rows))
  const byWords = createByWords(parts)
  const { readWords } = byWords
  return {
    model,
    ...byWords,
    classify: (input) => {
      if (routes.length === 0 || input.neighbours.length === 0) return nothing(input)
      const prompt = toSpace(space, input.embedding, new Float32Array(model.dimensions))
      const dots = store.dots(prompt)
      const n = routes.length
      const logits = dots.slice(0, n).map((v, r) => v + (head.bias[r] as number))
      const words = input.wordLogits === undefined ? readWords(input.text) : input.wordLogits
      const evidence = evidenceOf({
        neighbours: [toNear(input, position, (rows) => similarities(prompt, rows))],
        words: words && oneRow(words),
        logits: oneRow(logits),
        centroidCosines: oneRow(dots.slice(n, 2 * n)),
        descriptionCosines: descriptions && oneRow(dots.slice(2 * n)),
        ...{ counts, none, bandwidths: [blend.bandwidth] },
      })
      return judgeOne(parts, evidence, input)
    },
  }
}
