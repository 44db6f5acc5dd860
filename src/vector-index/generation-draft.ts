// What a rebuild hands over to be kept, and what is read off it.
import type { ClassifierModel } from '../core/classifier.ts'
import type { Exemplar } from '../core/types.ts'
import { RouterError } from '../errors.ts'
import { sha256 } from './durable.ts'
import { rowCount } from './guard.ts'
import type { HnswParameters } from './hnsw.ts'

/** Input of `writeGeneration`. */
export interface GenerationDraft {
  exemplars: Exemplar[]
  /** Row i is the embedding of exemplar i; `exemplars.length × dimensions` numbers. */
  vectors: Float32Array
  dimensions: number
  encoderId: string
  parentGeneration: number | null
  /** Of the graph's levels and of the recall queries. */
  seed: number
  hnsw: HnswParameters
  feedbackExemplars: number
  classifier: ClassifierModel
  heldOut: Record<string, number> | null
  createdAtMs: number
  /** Least recall@10 with which the graph may serve, 0 to 1. */
  minRecall: number
  /** Fewer exemplars than this are searched exactly; DEFAULT_HNSW_MINIMUM where absent. */
  hnswMinimum?: number
}

/** @throws RouterError `index_invalid` where exemplars, vectors and classifier do not belong together. */
export const assertDraft = (draft: GenerationDraft): void => {
  const rows = rowCount(draft.vectors, draft.dimensions)
  const problem =
    rows !== draft.exemplars.length
      ? `${draft.exemplars.length} exemplars have ${rows} vectors`
      : draft.classifier.dimensions !== draft.dimensions
        ? `a classifier of ${draft.classifier.dimensions} dimensions meets vectors of ${draft.dimensions}`
        : null
  if (problem === null) return
  throw new RouterError('index_invalid', `A generation cannot be written: ${problem}.`)
}

/** The same for the same exemplars in any order: tells whether a rebuild would change anything. */
export const exemplarDigest = (exemplars: readonly Exemplar[]): string =>
  sha256(
    exemplars
      .map(({ id, text, route, source }) => JSON.stringify([id, text, route, source]))
      .sort()
      .join('\n'),
  )

/** Exemplars per route, routes in order. */
export const countRoutes = (exemplars: readonly Exemplar[]): Record<string, number> => {
  const counts = new Map<string, number>()
  for (const { route } of exemplars) counts.set(route, (counts.get(route) ?? 0) + 1)
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)))
}
