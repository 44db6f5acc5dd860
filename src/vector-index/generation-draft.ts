// What a rebuild hands over to be kept, and what is read off it.
import type { ClassifierModel, FitReport, UnseenRow } from '../core/classifier/classifier.ts'
import type { RowShape } from '../core/linear/vectors.ts'
import type { OutcomesFile } from '../core/outcomes/outcomes-file.ts'
import type { Exemplar } from '../core/types.ts'
import { RouterError } from '../errors.ts'
import { sha256 } from './durable.ts'
import { rowCount } from './guard.ts'
import type { HnswParameters } from './hnsw.ts'
import type { LearnedReport } from './learned-report.ts'

/** Input of `writeGeneration`. */
export interface GenerationDraft extends RowShape {
  exemplars: Exemplar[]
  /** Whole encoder rows, one per exemplar: `exemplars.length × dimensions` numbers. */
  vectors: Float32Array
  encoderId: string
  parentGeneration: number | null
  /** Seed of the codes' centroids, the graph's levels and the recall queries. */
  seed: number
  hnsw: HnswParameters
  feedbackExemplars: number
  classifier: ClassifierModel
  /** Measurements of the fit; absent where there are none. */
  fit?: FitReport
  /** What the fit said of exemplars that it had not seen; absent where it did not say. */
  unseen?: readonly Pick<UnseenRow, 'row' | 'ownProbability'>[]
  heldOut: Record<string, number> | null
  /** The outcome model and its report; absent or null where none was fitted. */
  outcomes?: { artefact: OutcomesFile | null; report: LearnedReport } | null
  createdAtMs: number
  /** Least recall@10 with which the graph may serve, 0 to 1. */
  minRecall: number
  /** Fewer exemplars than this are searched exactly; DEFAULT_HNSW_MINIMUM where absent. */
  hnswMinimum?: number
  /** Fewer exemplars than this get no codes; DEFAULT_CODES_MINIMUM where absent. */
  codesMinimum?: number
}

/** @throws RouterError `index_invalid` where exemplars, vectors and classifier do not belong together. */
export const assertDraft = (draft: GenerationDraft): void => {
  const { exemplars, dimensions, searchDimensions, classifier } = draft
  const rows = rowCount(draft.vectors, dimensions)
  const isPrefix = searchDimensions >= 1 && searchDimensions <= dimensions
  const problem =
    rows !== exemplars.length
      ? `${exemplars.length} exemplars have ${rows} vectors`
      : classifier.dimensions !== dimensions
        ? `a classifier of ${classifier.dimensions} dimensions meets vectors of ${dimensions}`
        : !isPrefix
          ? `embeddings of ${searchDimensions} numbers do not fit into rows of ${dimensions}`
          : null
  if (problem === null) return
  throw new RouterError('index_invalid', `A generation cannot be written: ${problem}.`)
}

/** Digest of the exemplars, independent of their order: shows whether a rebuild would change anything. */
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
