// A plain value with typed arrays in it ⇄ bytes: the structure as JSON, followed by the arrays as they lie in memory
// (little-endian, as on every platform of Node). Independent of what an outcome model consists of.

type TypedArray = Float32Array | Float64Array | Int32Array

const KINDS = { f32: Float32Array, f64: Float64Array, i32: Int32Array } as const
type Kind = keyof typeof KINDS

/** Placeholder of an array in the JSON. */
interface Place {
  $array: Kind
  length: number
}

const HEADER = 8
const ALIGNED = 8

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNED) * ALIGNED

const kindOf = (value: unknown): Kind | null => {
  for (const kind of Object.keys(KINDS) as Kind[]) if (value instanceof KINDS[kind]) return kind
  return null
}

const isPlace = (value: unknown): value is Place =>
  typeof value === 'object' && value !== null && '$array' in value

export const packValue = (value: unknown): Uint8Array => {
  const arrays: TypedArray[] = []
  const json = JSON.stringify(value, (_, part: unknown) => {
    const kind = kindOf(part)
    if (kind === null) return part
    arrays.push(part as TypedArray)
    return { $array: kind, length: (part as TypedArray).length } satisfies Place
  })
  const head = new TextEncoder().encode(json)
  const start = aligned(HEADER + head.length)
  const size = arrays.reduce((sum, { byteLength }) => sum + aligned(byteLength), start)
  const bytes = new Uint8Array(size)
  new DataView(bytes.buffer).setUint32(0, head.length, true)
  bytes.set(head, HEADER)
  let at = start
  for (const { buffer, byteOffset, byteLength } of arrays) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at)
    at += aligned(byteLength)
  }
  return bytes
}

/** The arrays are views of a copy of `bytes`. @throws Error where they end before the value does */
export const unpackValue = (bytes: Uint8Array): unknown => {
  const { buffer } = bytes.slice()
  const length = new DataView(buffer).getUint32(0, true)
  const json = new TextDecoder().decode(new Uint8Array(buffer, HEADER, length))
  let at = aligned(HEADER + length)
  // The arrays follow in the order of their placeholders, which is the order in which JSON.parse calls the reviver.
  return JSON.parse(json, (_, part: unknown) => {
    if (!isPlace(part)) return part
    const from = at
    const array = new KINDS[part.$array](buffer, from, part.length)
    at += aligned(array.byteLength)
    return array
  })
}
