// Collects the nodes and constants of an ONNX graph and serialises them. Field numbers are those of onnx.proto3.
// Values are named strings; a constant asked for twice under one name is stored once.
import {
  type Chunks,
  floatField,
  integerField,
  messageField,
  rawBytes,
  textField,
} from './protobuf.ts'

/** Numbers of onnx.TensorProto.DataType. */
export const dataType = { float32: 1, uint8: 2, int8: 3, int32: 6, int64: 7 } as const
export type DataType = keyof typeof dataType

/** Domain of ONNX Runtime's own fused operators. */
export const MICROSOFT = 'com.microsoft'

export type Attribute = number | number[] | { float: number }
export type Dimension = number | string

export interface ValueInfo {
  name: string
  type: DataType
  dims: Dimension[]
}

export interface NodeOptions {
  attributes?: Record<string, Attribute>
  /** Number of outputs, or their names where they must be known outside. Default 1. */
  outputs?: number | string[]
  domain?: string
}

export interface OnnxGraph {
  /** Stores a constant and gives its name back. */
  constant(name: string, type: DataType, dims: number[], values: ArrayBufferView): string
  float32(name: string, dims: number[], values: ArrayLike<number>): string
  int64(name: string, dims: number[], values: number[]): string
  /** Adds a node with one output and gives that output's name. Input '' is an optional one left out. */
  node(operator: string, inputs: string[], options?: NodeOptions): string
  /** The same for several outputs. */
  nodes(operator: string, inputs: string[], options: NodeOptions): string[]
  serialise(inputs: ValueInfo[], outputs: ValueInfo[]): Buffer
}

const attributeField = ([name, value]: [string, Attribute]): Chunks => {
  const [content, type] = Array.isArray(value)
    ? [value.flatMap((item) => integerField(8, item)), 7]
    : typeof value === 'object'
      ? [floatField(2, value.float), 1]
      : [integerField(3, value), 2]
  return messageField(5, textField(1, name), content, integerField(20, type))
}

const valueInfoField = (field: number, { name, type, dims }: ValueInfo): Chunks => {
  const shape = dims.map((dim) =>
    messageField(1, typeof dim === 'number' ? integerField(1, dim) : textField(2, dim)),
  )
  const tensorType = messageField(1, integerField(1, dataType[type]), messageField(2, ...shape))
  return messageField(field, textField(1, name), messageField(2, tensorType))
}

interface Constant {
  type: DataType
  dims: number[]
  values: ArrayBufferView
}

const constantField = (name: string, { type, dims, values }: Constant): Chunks => {
  const shape = dims.map((dim) => integerField(1, dim))
  const content = messageField(9, [rawBytes(values)])
  return messageField(5, ...shape, integerField(2, dataType[type]), textField(8, name), content)
}

interface NodeParts {
  inputs: string[]
  /** Names. */
  outputs: string[]
  options: NodeOptions
}

const operatorSet = (domain: string, version: number): Chunks =>
  messageField(8, textField(1, domain), integerField(2, version))

const nodeField = (id: string, operator: string, { inputs, outputs, options }: NodeParts): Chunks =>
  messageField(
    1,
    ...inputs.map((input) => textField(1, input)),
    ...outputs.map((output) => textField(2, output)),
    textField(3, id),
    textField(4, operator),
    ...Object.entries(options.attributes ?? {}).map(attributeField),
    options.domain ? textField(7, options.domain) : [],
  )

/** IR version 8 (ONNX Runtime ≥ 1.12), operator set 17 plus ONNX Runtime's fused operators. */
const modelBytes = (graph: Chunks): Buffer =>
  Buffer.concat(
    [
      integerField(1, 8),
      textField(2, 'signalbox'),
      graph,
      operatorSet('', 17),
      operatorSet(MICROSOFT, 1),
    ].flat(),
  )

/** An empty graph. */
export const createOnnxGraph = (graphName: string): OnnxGraph => {
  const nodeFields: Chunks[] = []
  const constants = new Map<string, Chunks>()

  const nodes: OnnxGraph['nodes'] = (operator, inputs, options) => {
    const id = `${operator}_${nodeFields.length}`
    const { outputs: wanted = 1 } = options
    const outputs = Array.isArray(wanted)
      ? wanted
      : Array.from({ length: wanted }, (_, at) => `${id}_out${at}`)
    nodeFields.push(nodeField(id, operator, { inputs, outputs, options }))
    return outputs
  }
  const constant: OnnxGraph['constant'] = (name, type, dims, values) => {
    if (!constants.has(name)) constants.set(name, constantField(name, { type, dims, values }))
    return name
  }
  return {
    nodes,
    constant,
    node: (operator, inputs, options = {}) => nodes(operator, inputs, options)[0] as string,
    float32: (name, dims, values) => constant(name, 'float32', dims, new Float32Array(values)),
    int64: (name, dims, values) =>
      constant(name, 'int64', dims, BigInt64Array.from(values.map(BigInt))),
    serialise: (inputs, outputs) =>
      modelBytes(
        messageField(
          7,
          ...nodeFields,
          textField(2, graphName),
          ...constants.values(),
          ...inputs.map((input) => valueInfoField(11, input)),
          ...outputs.map((output) => valueInfoField(12, output)),
        ),
      ),
  }
}
