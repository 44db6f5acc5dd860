// Adds pooling and unit length to the graph, so that one vector per prompt leaves it instead of one per token
// and nothing is left to do in JavaScript.
import type { OnnxGraph, ValueInfo } from './onnx-graph.ts'

export type Pool = 'mean' | 'cls' | 'max'

/** One output of the graph: a pooled, unit-length vector per prompt. */
export interface GraphOutput {
  name: string
  pool: Pool
  /** Encoder layer whose output is pooled, counted from 1; default: the last. */
  layer?: number
}

/** Outputs that every graph of ours has; the encoder picks one by its pooling. */
export const STANDARD_OUTPUTS: GraphOutput[] = [
  { name: 'sentence_embedding', pool: 'mean' },
  { name: 'cls_embedding', pool: 'cls' },
  { name: 'max_embedding', pool: 'max' },
]

export interface TokenVectors {
  /** Float32 [batch, sequence, hidden]. */
  value: string
  /** What recentring took out of each channel and pooling must add back, if anything. */
  centre: number[] | undefined
}

const floatMask = (graph: OnnxGraph, axis: number): string => {
  const mask = graph.node('Cast', ['attention_mask'], { attributes: { to: 1 } })
  return graph.node('Unsqueeze', [mask, graph.int64(`axis${axis}`, [1], [axis])])
}

/** Mask [batch, 1, sequence] times vectors, divided by the number of tokens. */
export const addMean = (graph: OnnxGraph, vectors: string): string => {
  const mask = floatMask(graph, 1)
  const axis = graph.int64('axis1', [1], [1])
  const sum = graph.node('Squeeze', [graph.node('MatMul', [mask, vectors]), axis])
  const lastAxis = graph.int64('axis2', [1], [2])
  const count = graph.node('ReduceSum', [mask, lastAxis], { attributes: { keepdims: 0 } })
  return graph.node('Div', [sum, count])
}

const addFirst = (graph: OnnxGraph, vectors: string): string =>
  graph.node('Gather', [vectors, graph.constant('first', 'int64', [], BigInt64Array.of(0n))], {
    attributes: { axis: 1 },
  })

/** Padding is pushed far below every real value before the maximum over tokens is taken. */
export const addMaximum = (graph: OnnxGraph, vectors: string): string => {
  const one = graph.float32('one', [], [1])
  const padding = graph.node('Sub', [floatMask(graph, 2), one])
  const penalty = graph.node('Mul', [padding, graph.float32('far', [], [1e9])])
  const masked = graph.node('Add', [vectors, penalty])
  return graph.node('ReduceMax', [masked], { attributes: { axes: [1], keepdims: 0 } })
}

const pools = { mean: addMean, cls: addFirst, max: addMaximum }

/** Adds one output and describes it: float32 [batch, hidden], L2 norm 1. */
export const addPooledOutput = (
  graph: OnnxGraph,
  output: GraphOutput,
  vectors: TokenVectors,
  hidden: number,
): ValueInfo => {
  let pooled = pools[output.pool](graph, vectors.value)
  if (vectors.centre) {
    const centre = graph.float32(`${output.name}.centre`, [hidden], vectors.centre)
    pooled = graph.node('Add', [pooled, centre])
  }
  graph.node('LpNormalization', [pooled], {
    outputs: [output.name],
    attributes: { axis: -1, p: 2 },
  })
  return { name: output.name, type: 'float32', dims: ['batch_size', hidden] }
}
