// unseen.f32 of a generation: how likely the fit held each exemplar's own route when it had not seen the exemplar. What a wrong
// label looks like; nothing that serves needs it.
import { join } from 'node:path'
import type { UnseenRow } from '../core/classifier/classifier.ts'
import { readVerified } from './durable.ts'
import { generationFolder, UNSEEN } from './generation-name.ts'
import type { Manifest } from './manifest.ts'

/** NaN for exemplars that the fit left out of its folds (every other one beyond 4,000). */
export const packUnseen = (
  rows: readonly Pick<UnseenRow, 'row' | 'ownProbability'>[],
  count: number,
): Float32Array => {
  const packed = new Float32Array(count).fill(Number.NaN)
  for (const { row, ownProbability } of rows) packed[row] = ownProbability
  return packed
}

/**
 * A number for each exemplar, 0 to 1 or NaN; null where the generation keeps none.
 * @throws RouterError `index_invalid` where the file is damaged
 */
export const readUnseen = async (dir: string, manifest: Manifest): Promise<Float32Array | null> => {
  const facts = manifest.files[UNSEEN]
  if (!facts) return null
  const path = join(generationFolder(dir, manifest.generation), UNSEEN)
  const { bytes } = await readVerified(path, UNSEEN, facts)
  return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.length / 4)
}
