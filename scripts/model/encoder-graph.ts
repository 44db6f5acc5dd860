// Builds the graph that the router runs: BERT from ONNX Runtime's fused operators with pooling inside.
// With a calibration it is static int8, without one float32. plain-graph.ts is what it is measured against.
import type { Calibration, DensePoint } from './calibration.ts'
import {
  addAttention,
  addBiasGelu,
  addProduct,
  addResidualNorm,
  type DenseSite,
} from './dense-layer.ts'
import { addFeaturesOutput, type FeatureOptions, type LayerValues } from './features-output.ts'
import { createOnnxGraph, type OnnxGraph, type ValueInfo } from './onnx-graph.ts'
import { addPooledOutput, type GraphOutput, STANDARD_OUTPUTS } from './pooled-output.ts'
import { type Matrix, quantiseRows } from './quantise.ts'
import { recentre } from './recentre.ts'
import type { TensorSource } from './safetensors.ts'
import {
  type BertConfig,
  denseOf,
  EMBEDDING_NORM,
  layerNames,
  positionTable,
  wordTable,
} from './weights.ts'

export interface EncoderGraphOptions {
  source: TensorSource
  config: BertConfig
  /** Present: int8. Absent: float32. */
  calibration?: Calibration
  outputs?: GraphOutput[]
  /** Present: the output `features` besides, see features-output.ts. */
  features?: FeatureOptions
  /** Also gives out the input of every dense layer, for calibrate.ts. */
  hasTaps?: boolean
}

/** Name of the output that carries the input of a dense layer when `hasTaps` is set. */
export const tapName = (layer: number, point: DensePoint): string => `tap.${layer}.${point}`

export const GRAPH_INPUTS: ValueInfo[] = ['input_ids', 'attention_mask', 'token_type_ids'].map(
  (name) => ({ name, type: 'int64', dims: ['batch_size', 'sequence_length'] }),
)

interface Build {
  graph: OnnxGraph
  source: TensorSource
  config: BertConfig
  calibration: Calibration | undefined
  taps: ValueInfo[] | undefined
  mask: string
}

const addWordVectors = (graph: OnnxGraph, words: Matrix, isInt8: boolean): string => {
  const { rows, columns, data } = words
  const rowOf = (table: string) => graph.node('Gather', [table, 'input_ids'])
  if (!isInt8) return rowOf(graph.float32('words', [rows, columns], data))
  const { values, scales } = quantiseRows(words)
  const rounded = rowOf(graph.constant('words', 'int8', [rows, columns], values))
  const asFloat = graph.node('Cast', [rounded], { attributes: { to: 1 } })
  return graph.node('Mul', [asFloat, rowOf(graph.float32('words.scale', [rows, 1], scales))])
}

/** Word plus position vectors, normed: [batch, sequence, hidden]. */
const addEmbeddings = ({ graph, source, config, calibration }: Build): string => {
  const words = addWordVectors(graph, wordTable(source), calibration !== undefined)
  const table = positionTable(source)
  const zero = graph.int64('zero', [1], [0])
  const shape = graph.node('Shape', ['input_ids'])
  const length = graph.node('Gather', [shape, graph.int64('axis1', [1], [1])])
  const all = graph.float32('positions', [table.rows, table.columns], table.data)
  const positions = graph.node('Slice', [all, zero, length, zero])
  const width = [table.columns]
  return graph.node(
    'LayerNormalization',
    [
      graph.node('Add', [words, positions]),
      graph.float32('words.norm_scale', width, source(`${EMBEDDING_NORM}.weight`).data),
      graph.float32('words.norm_shift', width, source(`${EMBEDDING_NORM}.bias`).data),
    ],
    { attributes: { axis: -1, epsilon: { float: config.layer_norm_eps } } },
  )
}

/** Describes a dense layer's place and, for calibration, gives its input out under the tap's name. */
const siteOf = (
  { graph, calibration, taps }: Build,
  {
    layer,
    point,
    input,
    width,
  }: { layer: number; point: DensePoint; input: string; width: number },
): DenseSite => {
  if (taps) {
    const name = tapName(layer, point)
    graph.nodes('Identity', [input], { outputs: [name] })
    taps.push({ name, type: 'float32', dims: ['batch_size', 'sequence_length', width] })
  }
  return { layer, point, points: calibration?.layers[layer] }
}

const normOf = ({ source, config }: Build, name: string) => ({
  scale: source(`${name}.weight`).data,
  shift: source(`${name}.bias`).data,
  epsilon: config.layer_norm_eps,
})

const addAttentionBlock = (build: Build, layer: number, input: string): string => {
  const { graph, source, config, mask } = build
  const names = layerNames(layer)
  const qkv = denseOf(source, names.query, names.key, names.value)
  const heads = config.num_attention_heads
  const qkvSite = siteOf(build, { layer, point: 'qkv', input, width: qkv.rows })
  const context = addAttention(graph, qkvSite, input, { ...qkv, heads, mask })

  const project = denseOf(source, names.attentionOutput)
  const site = siteOf(build, { layer, point: 'context', input: context, width: project.rows })
  const product = addProduct(graph, site, context, project)
  const norm = normOf(build, names.attentionNorm)
  return addResidualNorm(graph, site, product, { ...project, residual: input, ...norm })
}

/** Gives the activations after gelu besides the layer's output. */
const addFeedForwardBlock = (build: Build, layer: number, input: string): LayerValues => {
  const { graph, source, calibration } = build
  const names = layerNames(layer)
  const widen = denseOf(source, names.intermediate)
  const wideSite = siteOf(build, { layer, point: 'intermediate', input, width: widen.rows })
  const wide = addBiasGelu(graph, wideSite, addProduct(graph, wideSite, input, widen), widen)

  const narrow = denseOf(source, names.output)
  const site = siteOf(build, { layer, point: 'output', input: wide, width: narrow.rows })
  const product = addProduct(graph, site, wide, narrow)
  const norm = normOf(build, names.outputNorm)
  const value = addResidualNorm(graph, site, product, { ...narrow, residual: input, ...norm })
  const centre = calibration?.layers[layer + 1]?.qkv.centre
  return { output: { value, centre }, inner: wide, innerWidth: widen.columns }
}

/**
 * The encoder as an ONNX file (operator set 17 and com.microsoft, ONNX Runtime ≥ 1.14 on CPU). Same input, same bytes.
 * Inputs: int64 [batch, sequence] ids, mask and token types (the last is taken as 0). Outputs: see pooled-output.ts and features-output.ts.
 */
export const buildEncoderGraph = (options: EncoderGraphOptions): Buffer => {
  const { config, calibration, outputs = STANDARD_OUTPUTS } = options
  const graph = createOnnxGraph('encoder')
  const source = calibration ? recentre(options.source, calibration) : options.source
  const mask = graph.node('Cast', ['attention_mask'], { attributes: { to: 6 } })
  const taps: ValueInfo[] | undefined = options.hasTaps ? [] : undefined
  const build: Build = { graph, source, config, calibration, taps, mask }

  const layers: LayerValues[] = []
  let vectors = addEmbeddings(build)
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const values = addFeedForwardBlock(build, layer, addAttentionBlock(build, layer, vectors))
    vectors = values.output.value
    layers.push(values)
  }
  const described = outputs.map((output) => {
    const layer = output.layer ?? config.num_hidden_layers
    const values = layers[layer - 1]
    if (!values)
      throw new RangeError(`Output ${output.name} asks for layer ${layer} of ${layers.length}.`)
    return addPooledOutput(graph, output, values.output, config.hidden_size)
  })
  if (options.features) {
    described.push(addFeaturesOutput(graph, layers, config.hidden_size, options.features))
  }
  return graph.serialise(GRAPH_INPUTS, [...described, ...(taps ?? [])])
}
