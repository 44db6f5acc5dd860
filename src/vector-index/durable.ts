// Durable files: written, synced, and verified by reading them back (size and sha256).
import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { setImmediate } from 'node:timers/promises'
import { RouterError } from '../errors.ts'

export interface FileFacts {
  sha256: string
  bytes: number
}

export const FILE_MODE = 0o600
export const FOLDER_MODE = 0o700
const SLICE_BYTES = 1 << 18

export const sha256 = (bytes: Uint8Array | string): string =>
  createHash('sha256').update(bytes).digest('hex')

/** A new file (never an existing one) with `bytes`, synced. */
export const writeDurably = async (path: string, bytes: Uint8Array | string): Promise<void> => {
  const handle = await open(path, 'wx', FILE_MODE)
  try {
    await handle.writeFile(bytes)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Syncs a file that other code wrote, and makes it private. */
export const syncFile = async (path: string): Promise<void> => {
  const handle = await open(path, 'r+')
  try {
    await handle.chmod(FILE_MODE)
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Syncs a folder, so that names created, renamed or removed in it survive a power cut. */
export const syncFolder = async (path: string): Promise<void> => {
  const handle = await open(path, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

const mismatch = (file: string, problem: string, cause?: unknown): RouterError =>
  new RouterError('index_invalid', `${file} of an index generation ${problem}.`, {
    cause,
    details: { file },
  })

const readSlices = async (path: string, file: string, bytes: number | null): Promise<Buffer> => {
  const handle = await open(path, 'r')
  try {
    const { size } = await handle.stat()
    if (bytes !== null && size !== bytes) {
      throw mismatch(file, `has ${size} bytes, expected ${bytes}`)
    }
    // Its own ArrayBuffer from offset 0, so that it can be viewed as float32 without a copy.
    const buffer = Buffer.from(new ArrayBuffer(size))
    for (let at = 0; at < size; ) {
      const length = Math.min(SLICE_BYTES, size - at)
      const { bytesRead } = await handle.read(buffer, at, length, at)
      if (bytesRead === 0) throw mismatch(file, 'was cut while it was read')
      at += bytesRead
    }
    return buffer
  } finally {
    await handle.close()
  }
}

/** Hashes in slices of 256 KiB, yielding to the event loop in between. */
const hashSlices = async (buffer: Buffer): Promise<string> => {
  const hash = createHash('sha256')
  for (let at = 0; at < buffer.length; at += SLICE_BYTES) {
    hash.update(buffer.subarray(at, at + SLICE_BYTES))
    await setImmediate()
  }
  return hash.digest('hex')
}

/**
 * Reads a whole file and compares it with `expected`. Never blocks the event loop for longer than one slice.
 * @throws RouterError `index_invalid` where the file cannot be read or differs from `expected`.
 */
export const readVerified = async (
  path: string,
  file: string,
  expected: FileFacts | null,
): Promise<{ bytes: Buffer; facts: FileFacts }> => {
  let bytes: Buffer
  try {
    bytes = await readSlices(path, file, expected?.bytes ?? null)
  } catch (error) {
    if (error instanceof RouterError) throw error
    const errno = (error as NodeJS.ErrnoException).code ?? 'unknown error'
    throw mismatch(file, errno === 'ENOENT' ? 'is missing' : `cannot be read (${errno})`, error)
  }
  const facts = { sha256: await hashSlices(bytes), bytes: bytes.length }
  if (expected !== null && facts.sha256 !== expected.sha256) {
    throw mismatch(file, `has the sha256 ${facts.sha256}, expected ${expected.sha256}`)
  }
  return { bytes, facts }
}
