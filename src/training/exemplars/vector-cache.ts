// Cache of embedded texts on disk by sha256 of the text, so that repeated evals and builds skip the encoder. One append-only file per
// encoder id; each record has a CRC, and the file is truncated at the first damaged record. A read-only file of the same format holds
// the vectors of the shipped texts, which the install created.
import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

export interface VectorCache {
  get(text: string): Float32Array | undefined
  /** Kept in memory until `flush`. */
  put(text: string, vector: Float32Array): void
  /** Appends the vectors that were put since the last flush. @throws the file system's error */
  flush(): Promise<void>
}

export interface VectorCacheOptions {
  dir: string
  /** Folder of vectors shipped with the program; none by default. */
  shippedDir?: string
  encoderId: string
  dimensions: number
}

const DIGEST_BYTES = 32
const CRC_BYTES = 4

const digestOf = (text: string): Buffer => createHash('sha256').update(text).digest()

const encodeRecord = (digest: Buffer, vector: Float32Array): Buffer => {
  const body = Buffer.concat([
    digest,
    Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength),
  ])
  const crc = Buffer.alloc(CRC_BYTES)
  crc.writeUInt32LE(crc32(body))
  return Buffer.concat([body, crc])
}

/** Undamaged records by hex digest, as views of the bytes, and their total length. */
const decodeRecords = (bytes: Uint8Array<ArrayBuffer>, dimensions: number) => {
  const bodyBytes = DIGEST_BYTES + dimensions * 4
  const buffer = Buffer.from(bytes.buffer)
  const vectors = new Map<string, Float32Array>()
  let at = 0
  for (; at + bodyBytes + CRC_BYTES <= bytes.length; at += bodyBytes + CRC_BYTES) {
    const body = buffer.subarray(at, at + bodyBytes)
    if (crc32(body) !== buffer.readUInt32LE(at + bodyBytes)) break
    const vector = new Float32Array(bytes.buffer, at + DIGEST_BYTES, dimensions)
    vectors.set(body.toString('hex', 0, DIGEST_BYTES), vector)
  }
  return { vectors, soundBytes: at }
}

/** The bytes of a file in a separate buffer, so that its numbers are aligned; empty where there is no file. */
const readBytes = async (path: string): Promise<Uint8Array<ArrayBuffer>> => {
  try {
    const bytes = await readFile(path)
    const isWhole = bytes.byteOffset === 0 && bytes.length === bytes.buffer.byteLength
    return isWhole ? (bytes as Uint8Array<ArrayBuffer>) : Uint8Array.from(bytes)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Uint8Array(0)
    throw error
  }
}

/** Opens the cache of one encoder, creating its folder; a damaged tail is truncated. */
export const openVectorCache = async (options: VectorCacheOptions): Promise<VectorCache> => {
  const { dir, shippedDir, encoderId, dimensions } = options
  const digest = digestOf(`${encoderId} ${dimensions}`).toString('hex')
  const name = `vectors-${digest.slice(0, 16)}.bin`
  const path = join(dir, name)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const bytes = await readBytes(path)
  const { vectors, soundBytes } = decodeRecords(bytes, dimensions)
  if (soundBytes < bytes.length) await truncate(path, soundBytes)
  const shippedBytes = shippedDir ? await readBytes(join(shippedDir, name)) : new Uint8Array(0)
  const shipped = decodeRecords(shippedBytes, dimensions).vectors
  let pending: Buffer[] = []
  return {
    get: (text) => {
      const key = digestOf(text).toString('hex')
      return vectors.get(key) ?? shipped.get(key)
    },
    put: (text, vector) => {
      const key = digestOf(text)
      const hex = key.toString('hex')
      if (vectors.has(hex) || shipped.has(hex)) return
      vectors.set(hex, vector)
      pending.push(encodeRecord(key, vector))
    },
    flush: async () => {
      if (pending.length === 0) return
      const batch = Buffer.concat(pending)
      pending = []
      await appendFile(path, batch, { mode: 0o600 })
    },
  }
}
