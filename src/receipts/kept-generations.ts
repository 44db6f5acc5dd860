// Opens the generations of past decisions, verifying every file, and keeps a few open, so that a thousand decisions sorted by generation
// take three loads.
import { LRUCache } from 'lru-cache'
import type { Classifier } from '../core/classifier/classifier.ts'
import { createClassifier } from '../core/classifier/score.ts'
import { toRouterError } from '../errors.ts'
import type { Generation } from '../vector-index/generation.ts'
import { readManifest } from '../vector-index/generation-check.ts'
import { loadGeneration } from '../vector-index/generation-loader.ts'
import { listGenerations } from '../vector-index/generation-store.ts'

/** A sentence: why it is not available. */
export interface Problem {
  problem: string
}

export interface OpenGeneration {
  generation: Generation
  classifier: Classifier
}

export interface KeptGenerations {
  open(number: number): Promise<OpenGeneration | Problem>
}

/** Some 50 MB each at 10,000 exemplars. */
const KEPT_OPEN = 2

const openGeneration = async (dir: string, number: number): Promise<OpenGeneration | Problem> => {
  if (!(await listGenerations(dir)).includes(number)) {
    const why =
      'by retention (index.keep_generations, index.max_generations), or for a prompt in it that was to be forgotten'
    return { problem: `Generation ${number} is gone: it was removed ${why}.` }
  }
  try {
    // Opened for its own encoder; callers check whether that is the decision's.
    const { encoderId, dimensions } = await readManifest(dir, number)
    const generation = await loadGeneration(dir, number, { encoderId, dimensions })
    return { generation, classifier: createClassifier(generation.classifier) }
  } catch (error) {
    return { problem: toRouterError(error).message }
  }
}

export const createKeptGenerations = (dir: string): KeptGenerations => {
  const open = new LRUCache<number, Promise<OpenGeneration | Problem>>({ max: KEPT_OPEN })
  return {
    open: (number) => {
      const known = open.get(number) ?? openGeneration(dir, number)
      open.set(number, known)
      return known
    },
  }
}
