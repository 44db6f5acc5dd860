// The column type of vectors, and their bytes for prepared statements.
import { customType } from 'drizzle-orm/sqlite-core'

/** A vector's bytes as they are stored: float32 in the machine's order, which is little-endian wherever Node runs. */
export const toBlob = (vector: Float32Array | null): Buffer | null =>
  vector && Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)

/** Read back as a copy, because a row's bytes may be unaligned. Parameters of prepared statements pass `toBlob` first. */
export const float32Vector = customType<{ data: Float32Array; driverData: Buffer }>({
  dataType: () => 'blob',
  toDriver: (vector) => toBlob(vector) as Buffer,
  fromDriver: (bytes) => new Float32Array(new Uint8Array(bytes).buffer),
})
