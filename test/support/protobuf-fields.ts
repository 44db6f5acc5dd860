// Reads protocol buffer messages without their description: the fields of one message by number, each with all its values.

/** A length-delimited value is bytes; a 64-bit one a bigint, as it may be an integer or a double. */
export type FieldValue = number | bigint | Uint8Array

const readVarint = (bytes: Uint8Array, from: number): [value: bigint, next: number] => {
  let value = 0n
  for (let at = from, shift = 0n; ; at += 1, shift += 7n) {
    const byte = bytes[at]
    if (byte === undefined) throw new Error('The message ends within a number.')
    value |= BigInt(byte & 0x7f) << shift
    if ((byte & 0x80) === 0) return [value, at + 1]
  }
}

const readValue = (bytes: Uint8Array, type: number, at: number): [FieldValue, number] => {
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  if (type === 0) {
    const [value, next] = readVarint(bytes, at)
    return [Number(value), next]
  }
  if (type === 1) return [view.getBigUint64(at, true), at + 8]
  if (type === 5) return [view.getUint32(at, true), at + 4]
  if (type !== 2) throw new Error(`No message has wire type ${type}.`)
  const [length, start] = readVarint(bytes, at)
  const end = start + Number(length)
  if (end > bytes.length) throw new Error('The message ends within a field.')
  return [bytes.subarray(start, end), end]
}

export const protobufFields = (bytes: Uint8Array): Map<number, FieldValue[]> => {
  const fields = new Map<number, FieldValue[]>()
  for (let at = 0; at < bytes.length; ) {
    const [tag, start] = readVarint(bytes, at)
    const [value, next] = readValue(bytes, Number(tag & 7n), start)
    const number = Number(tag >> 3n)
    fields.set(number, [...(fields.get(number) ?? []), value])
    at = next
  }
  return fields
}

/** As the double that its 64 bits are. */
export const asDouble = (bits: bigint): number => {
  const view = new DataView(new ArrayBuffer(8))
  view.setBigUint64(0, bits)
  return view.getFloat64(0)
}
