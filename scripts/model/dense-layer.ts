// Adds dense layers and attention to the graph in either precision. Activations are static int8 with measured ranges,
// so a vector does not depend on what else is in the batch (dynamic ranges span the whole batch).
import type { DensePoint, LayerCalibration } from './calibration.ts'
import { MICROSOFT, type OnnxGraph } from './onnx-graph.ts'
import { activationScale, quantiseColumns } from './quantise.ts'
import type { Dense } from './weights.ts'

/** Where a dense layer sits, and its constants; without `points` it is float32. */
export interface DenseSite {
  layer: number
  point: DensePoint
  points: LayerCalibration | undefined
}

const nameOf = ({ layer, point }: DenseSite): string => `layer${layer}.${point}`

const biasOf = (graph: OnnxGraph, site: DenseSite, dense: Dense): string =>
  graph.float32(`${nameOf(site)}.bias`, [dense.columns], dense.bias)

const floatWeight = (graph: OnnxGraph, site: DenseSite, dense: Dense): string =>
  graph.float32(`${nameOf(site)}.weight`, [dense.rows, dense.columns], dense.data)

interface QuantisedInputs {
  /** uint8 activations, their scale and zero point. */
  input: string
  inputScale: string
  inputZero: string
  /** int8 weight and its scale per column. */
  weight: string
  weightScale: string
}

const quantisedInputs = (
  graph: OnnxGraph,
  site: DenseSite,
  input: string,
  dense: Dense,
): QuantisedInputs => {
  const name = nameOf(site)
  const [low, high] = (site.points as LayerCalibration)[site.point].range
  const { scale, zero } = activationScale(low, high)
  const inputScale = graph.float32(`${name}.input_scale`, [], [scale])
  const inputZero = graph.constant(`${name}.input_zero`, 'uint8', [], Uint8Array.of(zero))
  const { values, scales } = quantiseColumns(dense)
  return {
    input: graph.node('QuantizeLinear', [input, inputScale, inputZero]),
    inputScale,
    inputZero,
    weight: graph.constant(`${name}.weight`, 'int8', [dense.rows, dense.columns], values),
    weightScale: graph.float32(`${name}.weight_scale`, [dense.columns], scales),
  }
}

/** Evens the channels before rounding: divides the input by `smooth` and multiplies the weight's rows by it. */
const smoothed = (graph: OnnxGraph, site: DenseSite, input: string, dense: Dense) => {
  const record = site.points?.[site.point]
  const smooth = record && 'smooth' in record ? record.smooth : undefined
  if (!smooth) return { input, dense }
  const inverse = smooth.map((factor) => 1 / factor)
  const factors = graph.float32(`${nameOf(site)}.smooth`, [dense.rows], inverse)
  const data = dense.data.map(
    (value, at) => value * (smooth[Math.floor(at / dense.columns)] as number),
  )
  return { input: graph.node('Mul', [input, factors]), dense: { ...dense, data } }
}

/** input × weight as float32, without the bias: the fused operator that follows adds it. */
export const addProduct = (
  graph: OnnxGraph,
  site: DenseSite,
  input: string,
  dense: Dense,
): string => {
  if (!site.points) return graph.node('MatMul', [input, floatWeight(graph, site, dense)])
  const even = smoothed(graph, site, input, dense)
  const q = quantisedInputs(graph, site, even.input, even.dense)
  return graph.node(
    'MatMulIntegerToFloat',
    [q.input, q.weight, q.inputScale, q.weightScale, q.inputZero],
    { domain: MICROSOFT },
  )
}

export interface AttentionOptions {
  heads: number
  /** int32 attention mask [batch, sequence]. */
  mask: string
}

/** Self-attention over joined query, key and value projections: [batch, sequence, hidden] → the same shape. */
export const addAttention = (
  graph: OnnxGraph,
  site: DenseSite,
  input: string,
  dense: Dense & AttentionOptions,
): string => {
  const options = { domain: MICROSOFT, attributes: { num_heads: dense.heads } }
  const bias = biasOf(graph, site, dense)
  if (!site.points) {
    const weight = floatWeight(graph, site, dense)
    return graph.node('Attention', [input, weight, bias, dense.mask], options)
  }
  const q = quantisedInputs(graph, site, input, dense)
  return graph.node(
    'QAttention',
    [q.input, q.weight, bias, q.inputScale, q.weightScale, dense.mask, q.inputZero],
    options,
  )
}

/** gelu(input + bias), exact (erf) as the model was trained. */
export const addBiasGelu = (
  graph: OnnxGraph,
  site: DenseSite,
  input: string,
  dense: Dense,
): string => graph.node('BiasGelu', [input, biasOf(graph, site, dense)], { domain: MICROSOFT })

export interface NormOptions {
  residual: string
  scale: Float32Array
  shift: Float32Array
  epsilon: number
}

/** layerNorm(input + bias + residual). */
export const addResidualNorm = (
  graph: OnnxGraph,
  site: DenseSite,
  input: string,
  dense: Dense & NormOptions,
): string => {
  const name = nameOf(site)
  const width = [dense.columns]
  const scale = graph.float32(`${name}.norm_scale`, width, dense.scale)
  const shift = graph.float32(`${name}.norm_shift`, width, dense.shift)
  return graph.node(
    'SkipLayerNormalization',
    [input, dense.residual, scale, shift, biasOf(graph, site, dense)],
    { domain: MICROSOFT, attributes: { epsilon: { float: dense.epsilon } } },
  )
}
