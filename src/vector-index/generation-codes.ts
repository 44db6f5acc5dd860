// Codes of a new generation, where searching by them is accurate enough: the fewest candidates with which it is, by measurement.
import { codeRows } from '../core/linear/simd/product-codes.ts'
import { createRandom } from '../core/statistics/random.ts'
import { createCodedIndexes } from './coded.ts'
import type { CodesFile } from './codes-file.ts'
import { createExactIndex } from './exact.ts'
import type { GraphWork } from './generation-graph.ts'
import { createRecallProbe } from './recall.ts'

/**
 * Below this, exact search serves: it is hardly slower, and the centroids of codes take a second to fit. Measured at 384
 * dimensions, k 32, p50 exact / codes: 0.22 / 0.19 ms at 7,600, 0.28 / 0.21 at 10,000, 3.4 / 0.7 to 0.9 at 100,000. A
 * constant, so that a build on a busy machine is the same as on a quiet one.
 */
export const DEFAULT_CODES_MINIMUM = 8_000

/** Candidates that are tried. A thousand more of them take 0.04 ms, the codes of 10,000 rows as long. */
const CANDIDATES = [256, 512, 768, 1_024, 1_536, 2_048, 3_072, 4_096]
/** Candidates beyond this share of the rows save too little. */
const MOST_SHARE = 0.25
/** What is demanded beside index.min_recall, of ten neighbours and of as many as a decision asks for. */
const LEAST_RECALL = { at10: 0.998, at32: 0.99 }

export interface ChosenCodes extends CodesFile {
  recallAt10: number
}

/** Null where there are few exemplars, or no number of candidates finds enough. */
export const chooseCodes = ({ draft, vectors }: Omit<GraphWork, 'folder'>): ChosenCodes | null => {
  const { dimensions, searchDimensions, seed, minRecall, codesMinimum } = draft
  const rows = draft.exemplars.length
  if (rows < (codesMinimum ?? DEFAULT_CODES_MINIMUM)) return null
  const shape = { vectors, dimensions, searchDimensions }
  const codes = codeRows(
    { rows, cols: dimensions, data: vectors },
    { cols: searchDimensions, seed },
  )
  const createIndex = createCodedIndexes({ ...shape, codes })
  const exact = createExactIndex(shape)
  const probe = (k: number) => createRecallProbe({ exact, vectors, random: createRandom(seed), k })
  const [recallAt10, recallAt32] = [probe(10), probe(32)]
  for (const candidates of CANDIDATES) {
    if (candidates > MOST_SHARE * rows) return null
    const index = createIndex(candidates)
    const found = recallAt10(index)
    if (found < Math.max(minRecall, LEAST_RECALL.at10)) continue
    if (recallAt32(index) >= LEAST_RECALL.at32) return { codes, candidates, recallAt10: found }
  }
  return null
}
