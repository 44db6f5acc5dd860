// Outputs of a graph → a row beginning with a unit vector. Used by transformers.ts. The built-in graphs have pooled outputs and
// `features`; other feature-extraction models give last_hidden_state, which is pooled here.
import type { EncoderConfig } from '../config/config-schema.ts'
import { RouterError } from '../errors.ts'
import { FEATURE_INPUTS, foldFeatures } from './side-features.ts'

export type Pooling = EncoderConfig['pooling']

/** Output of one prompt: float32 [1, sequence, hidden] or, pooled already, [1, hidden]. */
export interface OutputTensor {
  dims: readonly number[]
  data: ArrayLike<number>
}

export type Pooler = (outputs: Record<string, OutputTensor>) => Float32Array

const POOLED_OUTPUT: Record<Pooling, string> = {
  mean: 'sentence_embedding',
  cls: 'cls_embedding',
  max: 'max_embedding',
}

const TOKEN_OUTPUTS = ['last_hidden_state', 'token_embeddings']

/** The vector divided by its L2 norm. @throws RouterError `invalid_vector` when the norm is 0 or not finite. */
export const toUnitLength = (vector: Float32Array): Float32Array => {
  let squares = 0
  for (let i = 0; i < vector.length; i++) squares += (vector[i] as number) * (vector[i] as number)
  const norm = Math.sqrt(squares)
  if (!Number.isFinite(norm) || norm === 0) {
    throw new RouterError('invalid_vector', `The encoder gave a vector of norm ${norm}.`)
  }
  return vector.map((value) => value / norm)
}

/** Pools [1, sequence, hidden] over all tokens: a single prompt has no padding. */
export const poolTokens = ({ dims, data }: OutputTensor, pooling: Pooling): Float32Array => {
  const [, tokens = 0, hidden = 0] = dims
  const pooled = Float32Array.from({ length: hidden }, (_, at) => data[at] as number)
  if (pooling === 'cls') return pooled
  for (let token = 1; token < tokens; token++) {
    for (let at = 0; at < hidden; at++) {
      const value = data[token * hidden + at] as number
      const sofar = pooled[at] as number
      pooled[at] = pooling === 'max' ? Math.max(sofar, value) : sofar + value
    }
  }
  return pooling === 'mean' ? pooled.map((sum) => sum / tokens) : pooled
}

/**
 * How to get the vector from a graph with these outputs. Token vectors are preferred where there are both: a pooled
 * output of someone else's graph may be pooled in another way than the configuration says.
 * @throws RouterError `model_files_invalid` when the graph has neither.
 */
export const poolerFor = (pooling: Pooling, outputs: string[]): Pooler => {
  const tokens = TOKEN_OUTPUTS.find((name) => outputs.includes(name))
  if (tokens) {
    return (run) => toUnitLength(poolTokens(run[tokens] as OutputTensor, pooling))
  }
  const pooled = POOLED_OUTPUT[pooling]
  if (!outputs.includes(pooled)) {
    const wanted = [...TOKEN_OUTPUTS, pooled].join(', ')
    const message = `The model has none of the outputs ${wanted}, but ${outputs.join(', ')}.`
    throw new RouterError('model_files_invalid', message, { details: { outputs } })
  }
  return (run) => toUnitLength(new Float32Array((run[pooled] as OutputTensor).data))
}

/**
 * How to get the whole row: the unit vector and, where the graph is one of ours, the side features after it.
 * A `features` of any other size is someone else's, and means something else.
 * @param first outputs of one run, to tell the graph by.
 */
export const rowMakerFor = (pool: Pooler, first: Record<string, OutputTensor>): Pooler => {
  if (first.features?.data.length !== FEATURE_INPUTS) return pool
  return (run) => {
    const embedding = pool(run)
    const side = foldFeatures((run.features as OutputTensor).data)
    const row = new Float32Array(embedding.length + side.length)
    row.set(embedding)
    row.set(side, embedding.length)
    return row
  }
}
