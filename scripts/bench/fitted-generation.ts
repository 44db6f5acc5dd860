// A generation of given exemplars and rows on disk, fitted as a rebuild fits it but with nothing beside the exemplars.
import type { Config } from '../../src/config/config-schema.ts'
import { fitClassifier } from '../../src/core/classifier/fit.ts'
import type { Exemplar } from '../../src/core/types.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'

export interface FittedGenerationInput {
  exemplars: Exemplar[]
  /** One whole row an exemplar. */
  vectors: Float32Array
  dimensions: number
  searchDimensions: number
  encoderId: string
}

/** More teach the classifier nothing that a bench looks at, and take minutes. */
const MOST_FITTED = 10_000

/** @returns its number */
export const writeFittedGeneration = async (
  dir: string,
  input: FittedGenerationInput,
  { m, ef_construction, ef_search, seed, min_recall }: Config['index'],
): Promise<number> => {
  const { dimensions, searchDimensions } = input
  const exemplars = input.exemplars.slice(0, MOST_FITTED)
  const vectors = input.vectors.subarray(0, exemplars.length * dimensions)
  const routes = exemplars.map(({ route }) => route)
  const texts = exemplars.map(({ text }) => text)
  const set = { vectors, dimensions, searchDimensions, routes, texts }
  const { generation } = await writeGeneration(dir, {
    ...input,
    parentGeneration: null,
    seed,
    hnsw: { m, efConstruction: ef_construction, efSearch: ef_search },
    feedbackExemplars: 0,
    classifier: fitClassifier(set, { seed }).model,
    heldOut: null,
    createdAtMs: Date.now(),
    minRecall: min_recall,
  })
  return generation
}
