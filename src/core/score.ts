// A prompt's text, embedding and neighbours → one calibrated score per route. What is fitted here is fitted by fit.ts at a rebuild.
import type { Classifier, ClassifierInput, ClassifierModel, WordLogits } from './classifier.ts'
import { blend, centroidEvidence, type Evidence, nearestEvidence } from './evidence.ts'
import { columnLookup, lexicalVector } from './lexical.ts'
import { addDenseLogits, sparseLogits } from './softmax-head.ts'
import type { Neighbour } from './types.ts'
import { softmax } from './vectors.ts'

/**
 * From this similarity on a nearest exemplar that stands alone gains the say over the rest, and has all of it at the
 * second: the prompt is a rewording of it, and a correction must hold at once.
 */
const TWIN_FROM = 0.65
const TWIN_FULL = 0.9
/** It stands alone where the nearest exemplar of any other route is this much less similar. */
const TWIN_GAP = 0.15
/** The same prompt but for a word or a typo: follows its exemplar whatever else is near. */
const SAME_FROM = 0.92
const SAME_FULL = 0.98
const TWIN_TEMPERATURE = 0.05

const required = (model: ClassifierModel, name: string): Float32Array =>
  model.arrays[name] ?? new Float32Array(0)

const parameter = (model: ClassifierModel, name: string): number => model.parameters[name] ?? 1

/** The head's probabilities: softmax regression on the centred embedding and the lexical vector. */
const createHead = (model: ClassifierModel) => {
  const mean = required(model, 'mean')
  const vocabulary = {
    hashes: Int32Array.from(required(model, 'vocabularyHashes')),
    idf: required(model, 'vocabularyIdf'),
  }
  const lookup = columnLookup(vocabulary)
  const weights = {
    routeCount: model.routes.length,
    dense: required(model, 'headDense'),
    sparse: required(model, 'headSparse'),
    bias: required(model, 'headBias'),
  }
  const scale = parameter(model, 'lexicalScale')
  const readWords = (text: string): WordLogits =>
    sparseLogits(lexicalVector(text, vocabulary, lookup, scale), weights)
  const probabilities = ({ text, embedding, wordLogits }: ClassifierInput): number[] => {
    const logits = Float32Array.from(wordLogits ?? readWords(text))
    addDenseLogits(
      logits,
      embedding.map((value, i) => value - (mean[i] as number)),
      weights,
    )
    return softmax(logits, parameter(model, 'headTemperature'))
  }
  return { readWords, probabilities }
}

/** Share of each route among the neighbours, weighted by exp(similarity / 0.05). */
const twinShares = (neighbours: Neighbour[], position: Map<string, number>): number[] => {
  const shares = new Array<number>(position.size).fill(0)
  const best = neighbours[0]?.similarity ?? 0
  let sum = 0
  for (const { route, similarity } of neighbours) {
    const i = position.get(route)
    if (i === undefined) continue
    const weight = Math.exp((similarity - best) / TWIN_TEMPERATURE)
    shares[i] = (shares[i] as number) + weight
    sum += weight
  }
  return sum > 0 ? shares.map((share) => share / sum) : shares
}

const ramp = (value: number, from: number, to: number): number =>
  Math.min(1, Math.max(0, (value - from) / (to - from)))

/** How much the nearest exemplars alone decide, 0 to 1. */
const twinWeight = (neighbours: Neighbour[]): number => {
  const nearest = neighbours[0]
  if (!nearest) return 0
  const rival = neighbours.find(({ route }) => route !== nearest.route)
  const gap = nearest.similarity - (rival?.similarity ?? -1)
  return Math.max(
    ramp(nearest.similarity, TWIN_FROM, TWIN_FULL) * ramp(gap, 0, TWIN_GAP),
    ramp(nearest.similarity, SAME_FROM, SAME_FULL),
  )
}

/**
 * Applies a fitted model: softmax head, neighbours and centroids are averaged as probabilities, and near twins of an
 * exemplar follow it. Scores sum to 1 over all trained routes; confidence is the best one's.
 */
export const createClassifier = (model: ClassifierModel): Classifier => {
  const { routes } = model
  const position = new Map(routes.map((route, i) => [route, i]))
  const head = createHead(model)
  const centroids = required(model, 'centroids')
  const counts = required(model, 'counts')
  return {
    model,
    readWords: head.readWords,
    classify: (input) => {
      const { neighbours, embedding } = input
      if (routes.length === 0 || neighbours.length === 0)
        return { scores: [], confidence: 0, margin: 0, neighbours }
      const evidence: Evidence = {
        nearest: nearestEvidence(neighbours, routes, counts),
        centroid: centroidEvidence(embedding, centroids),
      }
      const logits = blend(evidence, parameter(model, 'nearestWeight'))
      const fromNeighbours = softmax(logits, parameter(model, 'nearestTemperature'))
      const fromHead = head.probabilities(input)
      const fromTwins = twinShares(neighbours, position)
      const headShare = parameter(model, 'headShare')
      const twin = twinWeight(neighbours)
      const scores = routes
        .map((route, i) => {
          const usual =
            headShare * (fromHead[i] as number) + (1 - headShare) * (fromNeighbours[i] as number)
          return { route, score: twin * (fromTwins[i] as number) + (1 - twin) * usual }
        })
        .sort((a, b) => b.score - a.score)
      const best = scores[0]?.score ?? 0
      return { scores, confidence: best, margin: best - (scores[1]?.score ?? 0), neighbours }
    },
  }
}
