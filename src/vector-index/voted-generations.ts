// How many generations in a folder were built with votes: they tell that there was a database.
import { readManifest } from './generation-check.ts'
import { listGenerations } from './generation-store.ts'

/** Generations with a damaged manifest tell nothing, and count as built without votes. */
export const countVotedGenerations = async (dir: string): Promise<number> => {
  let count = 0
  for (const number of await listGenerations(dir)) {
    const manifest = await readManifest(dir, number).catch(() => null)
    if (manifest && manifest.feedbackExemplars > 0) count++
  }
  return count
}
