// Adds the output `features`: raw pools of inner layers and of feed-forward activations, which tell routes apart that the
// sentence embedding mixes up. src/encoder/side-features.ts folds them; here they only leave the graph, one row a prompt.
import type { OnnxGraph, ValueInfo } from './onnx-graph.ts'
import { addMaximum, addMean, type TokenVectors } from './pooled-output.ts'

/** One block of the output. Layers count from 1. */
export type FeatureView =
  | { pool: 'mean'; of: 'output'; layer: number }
  /** Of the feed-forward activations after gelu. */
  | { pool: 'max'; of: 'inner'; layer: number }

/** In the order in which side-features.ts reads them: 384 + 384 + 384 + 1,536 + 1,536 numbers for MiniLM. */
export const FEATURE_VIEWS: FeatureView[] = [
  { pool: 'mean', of: 'output', layer: 4 },
  { pool: 'mean', of: 'output', layer: 5 },
  { pool: 'mean', of: 'output', layer: 6 },
  { pool: 'max', of: 'inner', layer: 5 },
  { pool: 'max', of: 'inner', layer: 6 },
]

export interface FeatureOptions {
  views: FeatureView[]
  /** Taken out of each layer's output (by layer, 0-based; the last has none), as int8 graphs do anyway. */
  centres: (number[] | undefined)[]
}

/** What a layer makes of the tokens. */
export interface LayerValues {
  /** Float32 [batch, sequence, hidden]. */
  output: TokenVectors
  /** Float32 [batch, sequence, innerWidth]. */
  inner: string
  innerWidth: number
}

const addOutputMean = (
  graph: OnnxGraph,
  layer: number,
  tokens: TokenVectors,
  centre?: number[],
) => {
  const mean = addMean(graph, tokens.value)
  // An int8 graph's values are centred already; float32 gives the same features only where it centres too.
  if (tokens.centre || !centre) return mean
  const constant = graph.float32(`features.centre${layer}`, [centre.length], centre)
  return graph.node('Sub', [mean, constant])
}

/** Adds the output and describes it: float32 [batch, sum of the views' widths], of any length. */
export const addFeaturesOutput = (
  graph: OnnxGraph,
  layers: LayerValues[],
  hidden: number,
  { views, centres }: FeatureOptions,
): ValueInfo => {
  let width = 0
  const blocks = views.map(({ of, layer }) => {
    const values = layers[layer - 1]
    if (!values) throw new RangeError(`A feature view asks for layer ${layer} of ${layers.length}.`)
    width += of === 'inner' ? values.innerWidth : hidden
    if (of === 'inner') return addMaximum(graph, values.inner)
    return addOutputMean(graph, layer, values.output, centres[layer - 1])
  })
  graph.nodes('Concat', blocks, { outputs: ['features'], attributes: { axis: -1 } })
  return { name: 'features', type: 'float32', dims: ['batch_size', width] }
}
