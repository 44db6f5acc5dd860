// A fitted outcome model as a value that can be stored: numbers and names as JSON, the rest as float32 arrays, like the classifier.

import { RouterError } from '../../errors.ts'
import type { Matrix } from '../linear/matrix.ts'
import type { Blend } from './blend.ts'
import type { Familiarity } from './familiarity.ts'
import type { OutcomeModel } from './outcome-model.ts'
import { TEXT_COUNTS } from './outcome-row.ts'

/** Version of the arrays' meaning: models of another version are refused and fitted anew. */
export const OUTCOME_MODEL_VERSION = 1

export interface OutcomeArtefact {
  version: number
  /** In the order of the estimates' columns. */
  models: string[]
  /** Length of a row of `outcomeRows`, and of the sentence embedding at its beginning. */
  dimensions: number
  split: number
  blend: Blend
  /** Absent in artefacts from before it existed: all estimates count. */
  familiarity?: Familiarity | null
  /** Factors of the encoder's two parts in the feature space. */
  scale: [number, number]
  arrays: Record<OutcomeArray, Float32Array>
}

/** Names of the arrays, in the order in which they are stored. */
export const OUTCOME_ARRAYS = [
  'mean',
  'countMeans',
  'countFactors',
  'embeddings',
  'deviations',
  'known',
  'quality',
  'cost',
  'qualityMeans',
  'costMeans',
  'smearing',
  'kindWeights',
  'kindBias',
  'kindDeviations',
] as const
export type OutcomeArray = (typeof OUTCOME_ARRAYS)[number]

const NONE = new Float32Array(0)

export const toArtefact = (model: OutcomeModel): OutcomeArtefact => {
  const { models, parts, blend, smearing, familiarity } = model
  const { space, nearby, kinds, means } = parts
  return {
    version: OUTCOME_MODEL_VERSION,
    models: [...models],
    dimensions: space.encoder.mean.length + TEXT_COUNTS,
    split: space.encoder.split,
    blend,
    familiarity,
    scale: [...space.encoder.scale],
    arrays: {
      mean: space.encoder.mean,
      countMeans: space.means,
      countFactors: space.factors,
      embeddings: nearby.embeddings.data,
      deviations: nearby.deviations.data,
      known: nearby.known.data,
      quality: parts.quality.data,
      cost: parts.cost.data,
      qualityMeans: Float32Array.from(means.quality),
      costMeans: Float32Array.from(means.cost),
      smearing: Float32Array.from(smearing),
      kindWeights: kinds?.head.weights.data ?? NONE,
      kindBias: kinds?.head.bias ?? NONE,
      kindDeviations: kinds?.deviations.data ?? NONE,
    },
  }
}

const matrix = (data: Float32Array, cols: number): Matrix => {
  if (cols > 0 && data.length % cols === 0) return { rows: data.length / cols, cols, data }
  const message = `An outcome model has arrays that do not fit together: ${data.length} numbers in rows of ${cols}; fit it anew.`
  throw new RouterError('index_invalid', message)
}

const kindsOf = ({ arrays, dimensions }: OutcomeArtefact) => {
  const count = arrays.kindBias.length
  if (count === 0) return null
  return {
    head: { weights: matrix(arrays.kindWeights, dimensions), bias: arrays.kindBias },
    deviations: matrix(arrays.kindDeviations, count),
  }
}

/** @throws RouterError `index_invalid` for another version, or arrays that do not fit together */
export const fromArtefact = (artefact: OutcomeArtefact): OutcomeModel => {
  const { version, models, arrays, dimensions, split } = artefact
  if (version !== OUTCOME_MODEL_VERSION) {
    const message = `An outcome model has version ${version}, expected ${OUTCOME_MODEL_VERSION}; fit it anew.`
    throw new RouterError('index_invalid', message)
  }
  return {
    models,
    blend: artefact.blend,
    familiarity: artefact.familiarity ?? null,
    smearing: Float64Array.from(arrays.smearing),
    parts: {
      space: {
        encoder: { mean: arrays.mean, split, scale: artefact.scale },
        means: arrays.countMeans,
        factors: arrays.countFactors,
      },
      nearby: {
        embeddings: matrix(arrays.embeddings, split),
        deviations: matrix(arrays.deviations, models.length),
        known: matrix(arrays.known, models.length),
      },
      kinds: kindsOf(artefact),
      quality: matrix(arrays.quality, dimensions),
      cost: matrix(arrays.cost, dimensions),
      means: {
        quality: Float64Array.from(arrays.qualityMeans),
        cost: Float64Array.from(arrays.costMeans),
      },
    },
  }
}
