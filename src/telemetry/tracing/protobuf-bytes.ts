// Writes protobuf into one growing buffer: https://protobuf.dev/programming-guides/encoding. Texts are mostly short and ASCII, and
// written by hand, since a call out of JavaScript takes longer than a few dozen characters.

/** Ways to write a field, in the low bits of its tag. */
export const FIELD = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const

export interface ProtobufBytes {
  buffer: Buffer
  /** How much of it is written. */
  at: number
}

const FIRST_BYTES = 65_536
/** Most bytes that a number takes as varint. */
const VARINT_BYTES = 10
const TWO_32 = 4_294_967_296

export const createProtobufBytes = (): ProtobufBytes => ({
  buffer: Buffer.allocUnsafe(FIRST_BYTES),
  at: 0,
})

const reserve = (out: ProtobufBytes, count: number): void => {
  const { buffer, at } = out
  if (at + count <= buffer.length) return
  out.buffer = Buffer.allocUnsafe(Math.max(buffer.length * 2, at + count))
  buffer.copy(out.buffer, 0, 0, at)
}

/** A whole number from 0 on. */
export const putVarint = (out: ProtobufBytes, value: number): void => {
  reserve(out, VARINT_BYTES)
  const { buffer } = out
  let rest = value
  while (rest > 0x7f) {
    buffer[out.at++] = (rest % 128) | 0x80
    rest = Math.floor(rest / 128)
  }
  buffer[out.at++] = rest
}

export const putTag = (out: ProtobufBytes, field: number, way: number): void =>
  putVarint(out, field * 8 + way)

export const putFixed32 = (out: ProtobufBytes, value: number): void => {
  reserve(out, 4)
  const { buffer, at } = out
  buffer[at] = value
  buffer[at + 1] = value >>> 8
  buffer[at + 2] = value >>> 16
  buffer[at + 3] = value >>> 24
  out.at = at + 4
}

export const putDouble = (out: ProtobufBytes, value: number): void => {
  reserve(out, 8)
  out.at = out.buffer.writeDoubleLE(value, out.at)
}

/** Whole seconds and nanoseconds as nanoseconds; their number is beyond what JavaScript's hold, so two halves are computed. */
export const putNanoseconds = (out: ProtobufBytes, seconds: number, rest: number): void => {
  const upper = Math.floor(seconds / 65_536) * 1e9
  const lower = (upper % 65_536) * 65_536 + (seconds % 65_536) * 1e9 + rest
  putFixed32(out, lower % TWO_32)
  putFixed32(out, Math.floor(upper / 65_536) + Math.floor(lower / TWO_32))
}

const nibble = (code: number): number => (code < 58 ? code - 48 : (code | 32) - 87)

/** The bytes of hexadecimal digits, behind their number. */
export const putHex = (out: ProtobufBytes, digits: string): void => {
  putVarint(out, digits.length / 2)
  reserve(out, digits.length / 2)
  const { buffer } = out
  let { at } = out
  for (let i = 0; i < digits.length; i += 2) {
    buffer[at++] = nibble(digits.charCodeAt(i)) * 16 + nibble(digits.charCodeAt(i + 1))
  }
  out.at = at
}

/** Leaves room for the length of a message. */
export const begin = (out: ProtobufBytes): number => {
  reserve(out, 1)
  out.at += 1
  return out.at - 1
}

/** Writes the length of the message. @param from what `begin` gave */
export const end = (out: ProtobufBytes, from: number): void => {
  const length = out.at - from - 1
  if (length < 0x80) {
    out.buffer[from] = length
    return
  }
  let size = 1
  for (let rest = length; rest > 0x7f; rest >>>= 7) size += 1
  reserve(out, size)
  out.buffer.copyWithin(from + size, from + 1, out.at)
  out.at = from
  putVarint(out, length)
  out.at += length
}

/** UTF-8 behind its length. */
export const putText = (out: ProtobufBytes, value: string): void => {
  const { length } = value
  reserve(out, length * 3 + VARINT_BYTES)
  const { buffer, at } = out
  let to = at + 1
  for (let i = 0; i < length; i += 1) {
    const code = value.charCodeAt(i)
    if (code > 0x7f) {
      to = at + 1 + buffer.write(value, at + 1)
      break
    }
    buffer[to++] = code
  }
  out.at = to
  end(out, at)
}

/** A copy of what was written; begins anew. */
export const take = (out: ProtobufBytes): Uint8Array => {
  const taken = new Uint8Array(out.buffer.subarray(0, out.at))
  out.at = 0
  return taken
}
