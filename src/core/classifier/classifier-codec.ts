// The parts of a classifier ⇄ the flat form that a generation stores: numbers by name, arrays by name.

import type { Matrix } from '../linear/matrix.ts'
import { NONE_ROUTE } from '../types.ts'
import type { Blend } from './blend.ts'
import { CLASSIFIER_VERSION, type ClassifierModel } from './classifier.ts'
import type { DenseHead } from './dense-head.ts'
import type { DescriptionPrior } from './description-prior.ts'
import type { FeatureSpace } from './feature-space.ts'
import type { Logistic } from './logistic.ts'
import type { Novelty } from './novelty.ts'
import type { WordHead } from './word-head.ts'
import type { WordsAlone } from './words-alone.ts'
import type { WordsFirst } from './words-first.ts'

export interface ClassifierParts {
  routes: string[]
  space: FeatureSpace
  head: DenseHead
  centroids: Matrix
  /** Null where the word head is not used. */
  words: WordHead | null
  /** When the word head may decide alone; null: never. */
  wordsAlone: WordsAlone | null
  blend: Blend
  /** Unit mean of each route's descriptions and where they are used; null where they are not. */
  descriptions: { centroids: Matrix; prior: DescriptionPrior } | null
  calibration: Logistic
  novelty: Novelty
  noveltyLimit: number
  /** Number of exemplars of each route. */
  counts: Float32Array
}

type Numbers = ClassifierModel['parameters']
type Arrays = ClassifierModel['arrays']

const writeLogistic = (name: string, logistic: Logistic, numbers: Numbers): void => {
  numbers[`${name}Bias`] = logistic.bias
  logistic.weight.forEach((weight, k) => {
    numbers[`${name}Weight${k}`] = weight
    numbers[`${name}Mean${k}`] = logistic.mean[k] as number
    numbers[`${name}Sd${k}`] = logistic.sd[k] as number
  })
}

const readLogistic = (name: string, numbers: Numbers): Logistic | null => {
  const bias = numbers[`${name}Bias`]
  if (bias === undefined) return null
  const column = (part: string): number[] => {
    const values: number[] = []
    for (let k = 0; numbers[`${name}${part}${k}`] !== undefined; k++) {
      values.push(numbers[`${name}${part}${k}`] as number)
    }
    return values
  }
  return { bias, weight: column('Weight'), mean: column('Mean'), sd: column('Sd') }
}

const writeWordsAlone = (alone: WordsAlone, numbers: Numbers): void => {
  const { calibration, limit, agreement, share, first } = alone
  writeLogistic('wordsAlone', calibration, numbers)
  numbers.wordsAloneLimit = limit
  numbers.wordsAloneAgreement = agreement
  numbers.wordsAloneShare = share
  if (first) {
    numbers.wordsFirstLimit = first.limit
    numbers.wordsFirstAgreement = first.agreement
    numbers.wordsFirstShare = first.share
  }
}

const numbersOf = (parts: ClassifierParts): Numbers => {
  const { space, blend, calibration, novelty } = parts
  const numbers: Numbers = {
    searchDimensions: space.split,
    embeddingScale: space.scale[0],
    sideScale: space.scale[1],
    bandwidth: blend.bandwidth,
    neighbourWeight: blend.vote,
    centroidWeight: blend.centroid,
    wordWeight: blend.words,
    sharpness: blend.sharpness,
    energyMean: novelty.energy.mean,
    energySd: novelty.energy.sd,
    nearnessMean: novelty.nearness.mean,
    nearnessSd: novelty.nearness.sd,
  }
  // JSON has no infinity: a limit that is left out is infinite.
  if (Number.isFinite(parts.noveltyLimit)) numbers.noveltyLimit = parts.noveltyLimit
  if (parts.descriptions) {
    numbers.descriptionLow = parts.descriptions.prior.low
    numbers.descriptionHigh = parts.descriptions.prior.high
  }
  writeLogistic('confidence', calibration, numbers)
  if (novelty.detector) writeLogistic('detector', novelty.detector, numbers)
  if (parts.wordsAlone) writeWordsAlone(parts.wordsAlone, numbers)
  return numbers
}

const arraysOf = ({
  space,
  head,
  centroids,
  words,
  counts,
  descriptions,
}: ClassifierParts): Arrays => ({
  mean: space.mean,
  headWeights: head.weights.data,
  headBias: head.bias,
  centroids: centroids.data,
  counts,
  ...(descriptions ? { descriptions: descriptions.centroids.data } : {}),
  ...(words
    ? {
        wordHashes: Float32Array.from(words.vocabulary.hashes), // below 2^22: exact as float32
        wordIdf: words.vocabulary.idf,
        wordWeights: words.weights,
        wordBias: words.bias,
      }
    : {}),
})

export const toModel = (
  parts: ClassifierParts,
  thresholds: Record<string, number>,
): ClassifierModel => ({
  version: CLASSIFIER_VERSION,
  routes: parts.routes,
  dimensions: parts.space.mean.length,
  parameters: numbersOf(parts),
  thresholds,
  arrays: arraysOf(parts),
})

const NOTHING = new Float32Array(0)

/** Position of `none` among the routes, or −1. */
export const nonePosition = (routes: readonly string[]): number => routes.indexOf(NONE_ROUTE)

/** Reads the flat form; a missing number is 0, a missing array empty. */
interface ModelReader {
  number(name: string): number
  array(name: string): Float32Array
  /** One row a route. */
  perRoute(name: string): Matrix
}

const readerOf = ({ routes, dimensions, parameters, arrays }: ClassifierModel): ModelReader => {
  const array = (name: string): Float32Array => arrays[name] ?? NOTHING
  return {
    number: (name) => parameters[name] ?? 0,
    array,
    perRoute: (name) => ({ rows: routes.length, cols: dimensions, data: array(name) }),
  }
}

const readWords = (
  { array }: ModelReader,
  hashes: Float32Array | undefined,
  routes: number,
): WordHead | null =>
  hashes
    ? {
        vocabulary: { hashes: Int32Array.from(hashes), idf: array('wordIdf') },
        routes,
        weights: array('wordWeights'),
        bias: array('wordBias'),
      }
    : null

const readBlend = ({ number }: ModelReader): Blend => ({
  bandwidth: number('bandwidth'),
  vote: number('neighbourWeight'),
  centroid: number('centroidWeight'),
  words: number('wordWeight'),
  sharpness: number('sharpness'),
})

const readDescriptions = ({ number, perRoute }: ModelReader): ClassifierParts['descriptions'] => ({
  centroids: perRoute('descriptions'),
  prior: { low: number('descriptionLow'), high: number('descriptionHigh') },
})

const readWordsFirst = (parameters: Numbers): WordsFirst | null => {
  const { wordsFirstLimit: limit, wordsFirstAgreement: agreement = 0 } = parameters
  if (limit === undefined) return null
  return { limit, agreement, share: parameters.wordsFirstShare ?? 0 }
}

const readWordsAlone = ({ parameters }: ClassifierModel): WordsAlone | null => {
  const calibration = readLogistic('wordsAlone', parameters)
  const { wordsAloneLimit: limit, wordsAloneAgreement: agreement = 0 } = parameters
  if (calibration === null || limit === undefined) return null
  const first = readWordsFirst(parameters)
  return { calibration, limit, agreement, share: parameters.wordsAloneShare ?? 0, first }
}

const UNCALIBRATED: Logistic = { bias: 0, weight: [], mean: [], sd: [] }

export const toParts = (model: ClassifierModel): ClassifierParts => {
  const { routes, parameters, arrays } = model
  const reader = readerOf(model)
  const { number, array, perRoute } = reader
  return {
    routes,
    space: {
      mean: array('mean'),
      split: number('searchDimensions'),
      scale: [number('embeddingScale'), number('sideScale')],
    },
    head: { weights: perRoute('headWeights'), bias: array('headBias') },
    centroids: perRoute('centroids'),
    words: readWords(reader, arrays.wordHashes, routes.length),
    wordsAlone: readWordsAlone(model),
    blend: readBlend(reader),
    descriptions: arrays.descriptions ? readDescriptions(reader) : null,
    calibration: readLogistic('confidence', parameters) ?? UNCALIBRATED,
    novelty: {
      energy: { mean: number('energyMean'), sd: number('energySd') },
      nearness: { mean: number('nearnessMean'), sd: number('nearnessSd') },
      detector: readLogistic('detector', parameters),
    },
    noveltyLimit: parameters.noveltyLimit ?? Number.POSITIVE_INFINITY,
    counts: array('counts'),
  }
}
