// The routes that the current generation was trained on, from its manifest.
import { readManifest } from '../../vector-index/generation-check.ts'
import { currentGeneration } from '../../vector-index/generation-store.ts'

/** Null where no generation is current. @throws RouterError `index_invalid` where its manifest cannot be read */
export const trainedRoutes = async (indexDir: string): Promise<string[] | null> => {
  const number = await currentGeneration(indexDir)
  if (number === null) return null
  const { classifier } = await readManifest(indexDir, number)
  return classifier.routes
}
