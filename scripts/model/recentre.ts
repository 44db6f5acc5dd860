// Rewrites the weights so that int8 ranges shrink, without changing the function the model computes.
// A constant per channel is taken out of every layer norm and attention context and put into the biases that follow;
// context channels are also divided by a factor that the next matrix multiplies back.
import type { Calibration, LayerCalibration } from './calibration.ts'
import type { Tensor, TensorSource } from './safetensors.ts'
import { EMBEDDING_NORM, layerNames } from './weights.ts'

interface Editable {
  source: TensorSource
  /** A private copy of the tensor that may be changed in place. */
  edit: (name: string) => Float32Array
}

const editable = (original: TensorSource): Editable => {
  const copies = new Map<string, Tensor>()
  const source: TensorSource = (name) => copies.get(name) ?? original(name)
  const edit = (name: string) => {
    const { dims, data } = source(name)
    if (!copies.has(name)) copies.set(name, { dims, data: Float32Array.from(data) })
    return (copies.get(name) as Tensor).data
  }
  return { source, edit }
}

const addTo = (bias: Float32Array, centre: number[], sign: 1 | -1): void => {
  for (const [channel, value] of centre.entries()) {
    bias[channel] = (bias[channel] as number) + sign * value
  }
}

/** The dense layer gets its input without `centre`: its bias makes up for it with weight · centre. */
const absorb = ({ source, edit }: Editable, dense: string, centre: number[]): void => {
  const weight = source(`${dense}.weight`).data
  const bias = edit(`${dense}.bias`)
  for (let output = 0; output < bias.length; output++) {
    let sum = 0
    for (const [input, value] of centre.entries()) {
      sum += (weight[output * centre.length + input] as number) * value
    }
    bias[output] = (bias[output] as number) + sum
  }
}

/** Divides the value projection's channels by `scale` and multiplies the rows that read them. */
const evenContext = ({ edit }: Editable, layer: number, scale: number[]): void => {
  const names = layerNames(layer)
  const width = scale.length
  const value = edit(`${names.value}.weight`)
  const valueBias = edit(`${names.value}.bias`)
  const reader = edit(`${names.attentionOutput}.weight`)
  for (const [channel, factor] of scale.entries()) {
    valueBias[channel] = (valueBias[channel] as number) / factor
    for (let at = 0; at < width; at++) {
      const written = channel * width + at
      const read = at * width + channel
      value[written] = (value[written] as number) / factor
      reader[read] = (reader[read] as number) * factor
    }
  }
}

const recentreLayer = (weights: Editable, layer: number, points: LayerCalibration): void => {
  const names = layerNames(layer)
  const normBefore = layer === 0 ? EMBEDDING_NORM : layerNames(layer - 1).outputNorm
  const shift = (name: string, centre: number[], sign: 1 | -1) =>
    addTo(weights.edit(`${name}.bias`), centre, sign)

  // The norm's output is read by q, k, v and by the residual sum after attention.
  shift(normBefore, points.qkv.centre, -1)
  for (const name of [names.query, names.key, names.value]) {
    absorb(weights, name, points.qkv.centre)
  }
  shift(names.attentionOutput, points.qkv.centre, 1)

  shift(names.attentionNorm, points.intermediate.centre, -1)
  absorb(weights, names.intermediate, points.intermediate.centre)
  shift(names.output, points.intermediate.centre, 1)

  // Attention weights sum to 1, so a constant in the values is the same constant in the context.
  shift(names.value, points.context.centre, -1)
  absorb(weights, names.attentionOutput, points.context.centre)
  evenContext(weights, layer, points.context.scale)
}

/**
 * The same model with centred activations.
 * The output of layer l (not the last) is smaller by the next layer's `qkv.centre` than in the original.
 */
export const recentre = (
  original: TensorSource,
  calibration: Pick<Calibration, 'layers'>,
): TensorSource => {
  const weights = editable(original)
  for (const [layer, points] of calibration.layers.entries()) recentreLayer(weights, layer, points)
  return weights.source
}
