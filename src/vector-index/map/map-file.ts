// map.f32 in a generation's folder: where each exemplar is in two dimensions. Made after the generation, when somebody looks for
// it, so the manifest does not know it: the file begins with the sha256 of the rest, and is made anew where that differs.
import { createHash } from 'node:crypto'
import { rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { RouterError } from '../../errors.ts'
import { readVerified, writeDurably } from '../durable.ts'
import { generationFolder, temporaryPath } from '../generation-name.ts'

const MAP = 'map.f32'
const HASH_BYTES = 32

const hashOf = (bytes: Uint8Array): Buffer => createHash('sha256').update(bytes).digest()

/** `[row × 2]`; null where there is no map of so many exemplars, or it is damaged. */
export const readMap = async (
  dir: string,
  { generation, exemplarCount }: { generation: number; exemplarCount: number },
): Promise<Float32Array | null> => {
  try {
    const { bytes } = await readVerified(join(generationFolder(dir, generation), MAP), MAP, null)
    const places = bytes.subarray(HASH_BYTES)
    const isWhole = places.length === exemplarCount * 2 * 4
    if (!isWhole || !hashOf(places).equals(bytes.subarray(0, HASH_BYTES))) return null
    return new Float32Array(bytes.buffer, HASH_BYTES, exemplarCount * 2)
  } catch (error) {
    if (error instanceof RouterError && error.code === 'index_invalid') return null
    throw error
  }
}

/** Takes the place of an older one in one step. */
export const writeMap = async (
  dir: string,
  generation: number,
  places: Float32Array,
): Promise<void> => {
  const bytes = Buffer.from(places.buffer, places.byteOffset, places.byteLength)
  const temporary = temporaryPath(dir, 'map')
  try {
    await writeDurably(temporary, Buffer.concat([hashOf(bytes), bytes]))
    await rename(temporary, join(generationFolder(dir, generation), MAP))
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}
