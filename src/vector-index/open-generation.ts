// Opens a generation without checking it against an encoder, for replays and reports.
import type { Generation } from './generation.ts'
import { readManifest } from './generation-check.ts'
import { loadGeneration } from './generation-loader.ts'

/** @throws RouterError `index_invalid` */
export const openGeneration = async (dir: string, number: number): Promise<Generation> => {
  const { encoderId, dimensions } = await readManifest(dir, number)
  return loadGeneration(dir, number, { encoderId, dimensions })
}
