// An immutable, numbered, checksummed build on disk: data/index/g000042/{manifest.json,exemplars.jsonl,vectors.f32,hnsw.bin,classifier.f32}.
import type { ClassifierModel } from '../core/classifier/classifier.ts'
import type { LearnedOutcomes } from '../core/outcomes/learned-outcomes.ts'
import type { Exemplar } from '../core/types.ts'
import type { Manifest } from './manifest.ts'
import type { VectorIndex } from './vector-index.ts'

/** A verified generation in memory, ready to serve. */
export interface Generation {
  number: number
  manifest: Manifest
  exemplars: Exemplar[]
  /** Whole rows, `exemplars.length × manifest.dimensions`; the index compares their first `searchDimensions`. */
  vectors: Float32Array
  index: VectorIndex
  /** Why exact search serves although the manifest names codes or a graph; absent in the normal case. */
  searchProblem?: string
  classifier: ClassifierModel
  /** The outcome model; absent where none was fitted. */
  outcomes?: LearnedOutcomes
}
