// Vectors of texts that were embedded before, on disk by sha256 of the text: repeated evals and builds skip the encoder.
// One append-only file per encoder id; each record carries a CRC, and from the first damaged one on the file is dropped.
import { createHash } from 'node:crypto'
import { appendFile, mkdir, readFile, truncate } from 'node:fs/promises'
import { join } from 'node:path'
import { crc32 } from 'node:zlib'

export interface VectorCache {
  get(text: string): Float32Array | undefined
  /** Kept in memory until `flush`. */
  put(text: string, vector: Float32Array): void
  /** Appends what was put since the last flush. @throws the file system's error */
  flush(): Promise<void>
}

export interface VectorCacheOptions {
  dir: string
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

/** Sound records by hex digest, and the bytes they take from the start of the file. */
const decodeRecords = (bytes: Buffer, dimensions: number) => {
  const bodyBytes = DIGEST_BYTES + dimensions * 4
  const vectors = new Map<string, Float32Array>()
  let at = 0
  for (; at + bodyBytes + CRC_BYTES <= bytes.length; at += bodyBytes + CRC_BYTES) {
    const body = bytes.subarray(at, at + bodyBytes)
    if (crc32(body) !== bytes.readUInt32LE(at + bodyBytes)) break
    const copy = Uint8Array.prototype.slice.call(body, DIGEST_BYTES)
    vectors.set(body.toString('hex', 0, DIGEST_BYTES), new Float32Array(copy.buffer))
  }
  return { vectors, soundBytes: at }
}

/** Opens the cache of one encoder, creating its folder; a damaged tail is cut off. */
export const openVectorCache = async (options: VectorCacheOptions): Promise<VectorCache> => {
  const { dir, encoderId, dimensions } = options
  const name = digestOf(`${encoderId} ${dimensions}`).toString('hex').slice(0, 16)
  const path = join(dir, `vectors-${name}.bin`)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  const bytes = await readFile(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return Buffer.alloc(0)
    throw error
  })
  const { vectors, soundBytes } = decodeRecords(bytes, dimensions)
  if (soundBytes < bytes.length) await truncate(path, soundBytes)
  let pending: Buffer[] = []
  return {
    get: (text) => vectors.get(digestOf(text).toString('hex')),
    put: (text, vector) => {
      const digest = digestOf(text)
      if (vectors.has(digest.toString('hex'))) return
      vectors.set(digest.toString('hex'), vector)
      pending.push(encodeRecord(digest, vector))
    },
    flush: async () => {
      if (pending.length === 0) return
      const batch = Buffer.concat(pending)
      pending = []
      await appendFile(path, batch, { mode: 0o600 })
    },
  }
}
