// Bytes that wait to be read as one piece.

export interface ByteQueue {
  add(bytes: Uint8Array): void
  /** All waiting bytes; empties the queue. */
  take(): Uint8Array
  /** All waiting bytes; they stay in the queue. */
  peek(): Uint8Array
  /** How many bytes wait. */
  readonly size: number
}

export const createByteQueue = (): ByteQueue => {
  let parts: Uint8Array[] = []
  let size = 0
  return {
    add: (bytes) => {
      if (bytes.length === 0) return
      parts.push(bytes)
      size += bytes.length
    },
    take: () => {
      const whole = concatBytes(parts)
      parts = []
      size = 0
      return whole
    },
    peek: () => concatBytes(parts),
    get size() {
      return size
    },
  }
}

/** One array of all bytes; a single part is returned as it is. */
export const concatBytes = (parts: readonly Uint8Array[]): Uint8Array => {
  if (parts.length === 1 && parts[0] !== undefined) return parts[0]
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}
