// Writes protocol buffer messages, the wire format of ONNX files. First step of the model build.
// A message is a list of byte chunks that is joined once at the very end, so 90 MB of weights are copied only once.

export type Chunks = Uint8Array[]

const utf8 = new TextEncoder()

const varint = (value: number | bigint): Uint8Array => {
  const bytes: number[] = []
  let rest = BigInt.asUintN(64, BigInt(value))
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80)
    rest >>= 7n
  }
  bytes.push(Number(rest))
  return Uint8Array.from(bytes)
}

const wireType = { varint: 0, bytes: 2, float: 5 } as const

const tag = (field: number, type: keyof typeof wireType): Uint8Array =>
  varint((field << 3) | wireType[type])

const byteLength = (chunks: Chunks): number =>
  chunks.reduce((total, chunk) => total + chunk.byteLength, 0)

/** An integer field (int32, int64, enum); negative values take ten bytes, as the format demands. */
export const integerField = (field: number, value: number | bigint): Chunks => [
  tag(field, 'varint'),
  varint(value),
]

/** A float32 field. */
export const floatField = (field: number, value: number): Chunks => {
  const bytes = new Uint8Array(4)
  new DataView(bytes.buffer).setFloat32(0, value, true)
  return [tag(field, 'float'), bytes]
}

/** A length-delimited field: bytes, or a nested message given as its chunks. */
export const messageField = (field: number, ...content: Chunks[]): Chunks => {
  const chunks = content.flat()
  return [tag(field, 'bytes'), varint(byteLength(chunks)), ...chunks]
}

/** A text field, UTF-8. */
export const textField = (field: number, text: string): Chunks =>
  messageField(field, [utf8.encode(text)])

/** The memory of a typed array as bytes; the hosts of Node are all little-endian, like the format. */
export const rawBytes = (values: ArrayBufferView): Uint8Array =>
  new Uint8Array(values.buffer, values.byteOffset, values.byteLength)
