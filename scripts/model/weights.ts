// Names and shapes of BERT's weights as the graph builders want them: inputs × outputs, several joined side by side.
import { readFileSync } from 'node:fs'
import { z } from 'zod'
import type { Matrix } from './quantise.ts'
import type { TensorSource } from './safetensors.ts'

/** The keys of the model's config.json that shape the graph. */
const bertConfigSchema = z.looseObject({
  hidden_size: z.int().positive(),
  num_attention_heads: z.int().positive(),
  num_hidden_layers: z.int().positive(),
  layer_norm_eps: z.number().positive(),
})
export type BertConfig = z.infer<typeof bertConfigSchema>

/** @throws Error (zod) when the file lacks a key. */
export const readBertConfig = (path: string): BertConfig =>
  bertConfigSchema.parse(JSON.parse(readFileSync(path, 'utf8')))

/** A dense layer: `data` has one row per input and one column per output. */
export interface Dense extends Matrix {
  bias: Float32Array
}

/** Weight name prefixes of one encoder layer (0-based). */
export const layerNames = (layer: number) => {
  const prefix = `encoder.layer.${layer}`
  return {
    query: `${prefix}.attention.self.query`,
    key: `${prefix}.attention.self.key`,
    value: `${prefix}.attention.self.value`,
    attentionOutput: `${prefix}.attention.output.dense`,
    attentionNorm: `${prefix}.attention.output.LayerNorm`,
    intermediate: `${prefix}.intermediate.dense`,
    output: `${prefix}.output.dense`,
    outputNorm: `${prefix}.output.LayerNorm`,
  }
}

export const EMBEDDING_NORM = 'embeddings.LayerNorm'

/** Dense layers of equal input width as one, outputs side by side. The file stores outputs × inputs, hence the transposition. */
export const denseOf = (source: TensorSource, ...names: string[]): Dense => {
  const parts = names.map((name) => ({
    weight: source(`${name}.weight`),
    bias: source(`${name}.bias`).data,
  }))
  const rows = parts[0]?.weight.dims[1] as number
  const columns = parts.reduce((total, part) => total + part.bias.length, 0)
  const data = new Float32Array(rows * columns)
  const bias = new Float32Array(columns)
  let first = 0
  for (const part of parts) {
    bias.set(part.bias, first)
    const weight = part.weight.data
    for (let output = 0; output < part.bias.length; output++) {
      for (let input = 0; input < rows; input++) {
        data[input * columns + first + output] = weight[output * rows + input] as number
      }
    }
    first += part.bias.length
  }
  return { rows, columns, data, bias }
}

/**
 * Position table with the vector of token type 0 added to each row. Exact: this model is only ever
 * asked with token type 0, and both are added to the word's vector.
 */
export const positionTable = (source: TensorSource): Matrix => {
  const position = source('embeddings.position_embeddings.weight')
  const tokenType = source('embeddings.token_type_embeddings.weight').data
  const [rows, columns] = position.dims as [number, number]
  const data = position.data.map((value, at) => value + (tokenType[at % columns] as number))
  return { rows, columns, data }
}

export const wordTable = (source: TensorSource): Matrix => {
  const { dims, data } = source('embeddings.word_embeddings.weight')
  return { rows: dims[0] as number, columns: dims[1] as number, data }
}
