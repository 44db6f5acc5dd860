// Builds the same model the ordinary way, as the benchmark's baseline: unfused operators, int8 weights, dynamic activations
// (DynamicQuantizeLinear and MatMulInteger), output last_hidden_state for the feature-extraction pipeline to pool.
import { GRAPH_INPUTS } from './encoder-graph.ts'
import { createOnnxGraph, type OnnxGraph } from './onnx-graph.ts'
import { quantiseColumns, quantiseRows } from './quantise.ts'
import type { TensorSource } from './safetensors.ts'
import {
  type BertConfig,
  type Dense,
  denseOf,
  EMBEDDING_NORM,
  layerNames,
  positionTable,
  wordTable,
} from './weights.ts'

interface Build {
  graph: OnnxGraph
  source: TensorSource
  config: BertConfig
}

const float = { attributes: { to: 1 } }

const addNorm = ({ graph, source, config }: Build, input: string, name: string, output?: string) =>
  graph.node(
    'LayerNormalization',
    [
      input,
      graph.float32(`${name}.weight`, [config.hidden_size], source(`${name}.weight`).data),
      graph.float32(`${name}.bias`, [config.hidden_size], source(`${name}.bias`).data),
    ],
    {
      attributes: { axis: -1, epsilon: { float: config.layer_norm_eps } },
      ...(output ? { outputs: [output] } : {}),
    },
  )

/** uint8 activations, their scale and zero point; measured anew at every run. */
const quantised = (graph: OnnxGraph, input: string): string[] =>
  graph.nodes('DynamicQuantizeLinear', [input], { outputs: 3 })

const addDense = (graph: OnnxGraph, [input, scale, zero]: string[], name: string, dense: Dense) => {
  const { values, scales } = quantiseColumns(dense)
  const { rows, columns } = dense
  const weight = graph.constant(`${name}.weight`, 'int8', [rows, columns], values)
  const weightZero = graph.constant(`${name}.zero`, 'int8', [columns], new Int8Array(columns))
  const inputs = [input as string, weight, zero as string, weightZero]
  const sum = graph.node('Cast', [graph.node('MatMulInteger', inputs)], float)
  const weightScale = graph.float32(`${name}.scale`, [columns], scales)
  const product = graph.node('Mul', [sum, graph.node('Mul', [scale as string, weightScale])])
  return graph.node('Add', [product, graph.float32(`${name}.bias`, [columns], dense.bias)])
}

const scaledBy = (dense: Dense, factor: number): Dense => ({
  ...dense,
  data: dense.data.map((value) => value * factor),
  bias: dense.bias.map((value) => value * factor),
})

const addWordsAndPositions = ({ graph, source }: Build): string => {
  const words = wordTable(source)
  const { values, scales } = quantiseRows(words)
  const rowOf = (table: string) => graph.node('Gather', [table, 'input_ids'])
  const rounded = rowOf(graph.constant('words', 'int8', [words.rows, words.columns], values))
  const scale = rowOf(graph.float32('words.scale', [words.rows, 1], scales))
  const vectors = graph.node('Mul', [graph.node('Cast', [rounded], float), scale])
  const table = positionTable(source)
  const all = graph.float32('positions', [table.rows, table.columns], table.data)
  const zero = graph.int64('zero', [1], [0])
  const shape = graph.node('Shape', ['input_ids'])
  const length = graph.node('Gather', [shape, graph.int64('one', [1], [1])])
  return graph.node('Add', [vectors, graph.node('Slice', [all, zero, length, zero])])
}

/** 0 for tokens, −10,000 for padding: [batch, 1, 1, sequence]. */
const addMaskBias = (graph: OnnxGraph): string => {
  const mask = graph.node('Cast', ['attention_mask'], float)
  const spread = graph.node('Unsqueeze', [mask, graph.int64('axes12', [2], [1, 2])])
  const padding = graph.node('Sub', [graph.float32('one.float', [], [1]), spread])
  return graph.node('Mul', [padding, graph.float32('far', [], [-10_000])])
}

const addAttention = (build: Build, layer: number, input: string[], mask: string): string => {
  const { graph, source, config } = build
  const names = layerNames(layer)
  const width = config.hidden_size / config.num_attention_heads
  const split = graph.int64('split', [4], [0, 0, config.num_attention_heads, width])
  const heads = (name: string, perm: number[], factor = 1) => {
    const dense = scaledBy(denseOf(source, name), factor)
    const projected = addDense(graph, input, name, dense)
    const apart = graph.node('Reshape', [projected, split])
    return graph.node('Transpose', [apart], { attributes: { perm } })
  }
  const query = heads(names.query, [0, 2, 1, 3], 1 / Math.sqrt(width))
  const key = heads(names.key, [0, 2, 3, 1])
  const value = heads(names.value, [0, 2, 1, 3])
  const scores = graph.node('MatMul', [query, key])
  const masked = graph.node('Add', [scores, mask])
  const shares = graph.node('Softmax', [masked], { attributes: { axis: -1 } })
  const mixed = graph.node('Transpose', [graph.node('MatMul', [shares, value])], {
    attributes: { perm: [0, 2, 1, 3] },
  })
  return graph.node('Reshape', [mixed, graph.int64('join', [3], [0, 0, config.hidden_size])])
}

/** x · (erf(x / √2) + 1) / 2. */
const addGelu = (graph: OnnxGraph, input: string): string => {
  const root = graph.float32('root2', [], [Math.SQRT2])
  const erf = graph.node('Erf', [graph.node('Div', [input, root])])
  const raised = graph.node('Add', [erf, graph.float32('one.float', [], [1])])
  const product = graph.node('Mul', [input, raised])
  return graph.node('Mul', [product, graph.float32('half', [], [0.5])])
}

const addLayer = (build: Build, layer: number, input: string, mask: string): string => {
  const { graph, source, config } = build
  const names = layerNames(layer)
  const dense = (value: string, name: string) =>
    addDense(graph, quantised(graph, value), name, denseOf(source, name))
  const context = addAttention(build, layer, quantised(graph, input), mask)
  const attended = graph.node('Add', [dense(context, names.attentionOutput), input])
  const normed = addNorm(build, attended, names.attentionNorm)
  const wide = addGelu(graph, dense(normed, names.intermediate))
  const sum = graph.node('Add', [dense(wide, names.output), normed])
  const isLast = layer === config.num_hidden_layers - 1
  return addNorm(build, sum, names.outputNorm, isLast ? 'last_hidden_state' : undefined)
}

/** The unfused int8 graph; inputs as of the encoder graph, output last_hidden_state [batch, sequence, hidden]. */
export const buildPlainGraph = (source: TensorSource, config: BertConfig): Buffer => {
  const graph = createOnnxGraph('plain')
  const build = { graph, source, config }
  const mask = addMaskBias(graph)
  let vectors = addNorm(build, addWordsAndPositions(build), EMBEDDING_NORM)
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    vectors = addLayer(build, layer, vectors, mask)
  }
  const dims = ['batch_size', 'sequence_length', config.hidden_size]
  return graph.serialise(GRAPH_INPUTS, [{ name: vectors, type: 'float32', dims }])
}
