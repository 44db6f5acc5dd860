// map.f32 in a generation's folder: where each exemplar is in two dimensions, and how like the nearest other one. Made after the generation, when somebody looks for
// it, so the manifest does not know it: the file begins with the sha256 of the rest, and is made anew where that differs.
import { createHash } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RouterError } from '../../errors.ts'
import { readVerified, writeDurably } from '../durable.ts'
import { generationFolder, temporaryPath } from '../generation-name.ts'

const MAP = 'map.f32'
const HASH_BYTES = 32

export interface Layout {
  /** `[position × 2]` */
  places: Float32Array
  /** Cosine of each exemplar and the nearest other one. */
  nearest: Float32Array
}

const NUMBERS = 3

const hashOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** Null where there is no map of so many exemplars, or it is damaged. */
export const readMap = async (
  dir: string,
  { generation, exemplarCount }: { generation: number; exemplarCount: number },
): Promise<Layout | null> => {
  try {
    const { bytes } = await readVerified(join(generationFolder(dir, generation), MAP), MAP, null)
    const content = bytes.subarray(HASH_BYTES)
    const isWhole = content.length === exemplarCount * NUMBERS * 4
    if (!isWhole || !hashOf(content).equals(bytes.subarray(0, HASH_BYTES))) return null
    const numbers = new Float32Array(bytes.buffer, HASH_BYTES, exemplarCount * NUMBERS)
    const end = exemplarCount * 2
    return { places: numbers.subarray(0, end), nearest: numbers.subarray(end) }
  } catch (error) {
    if (error instanceof RouterError && error.code === 'index_invalid') return null
    throw error
  }
}

const bytesOf = ({ buffer, byteOffset, byteLength }: Float32Array): Buffer =>
  Buffer.from(buffer, byteOffset, byteLength)

/** Takes the place of an older one in one step. */
export const writeMap = async (
  dir: string,
  generation: number,
  { places, nearest }: Layout,
): Promise<void> => {
  const bytes = Buffer.concat([places, nearest].map(bytesOf))
  const temporary = temporaryPath(dir, 'map')
  try {
    await writeDurably(temporary, Buffer.concat([hashOf(bytes), bytes]))
    await rename(temporary, join(generationFolder(dir, generation), MAP))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
