// Builds the graph of a new generation, and decides whether it or exact search serves: its recall is measured on the file, opened as
// the server opens it, not on the graph in memory.
import { join } from 'node:path'
import { createRandom } from '../core/statistics/random.ts'
import { type FileFacts, readVerified, syncFile } from './durable.ts'
import { createExactIndex } from './exact.ts'
import type { GenerationDraft } from './generation-draft.ts'
import { HNSW } from './generation-name.ts'
import { buildHnsw, openHnsw } from './hnsw.ts'
import { assertHnswFile } from './hnsw-layout.ts'
import type { Manifest } from './manifest.ts'
import { createRecallProbe } from './recall.ts'

/**
 * Below this, exact search serves: it is always right, and not slower. Measured at 384 dimensions, k 32, ef 128, p50 exact /
 * graph: 0.08 / 0.17 ms at 1,000, 0.15 / 0.26 at 3,600, 0.24 / 0.34 at 7,600,
 * 0.38 / 0.43 at 14,000. A constant, so that a build on a busy machine
 * is the same as on a quiet one.
 */
export const DEFAULT_HNSW_MINIMUM = 12_000

/** Multiples of efSearch that are tried until the recall is high enough; else exact search serves. */
const EF_STEPS = [1, 2, 4]

export interface GraphWork {
  /** The temporary folder that is being filled. */
  folder: string
  draft: GenerationDraft
  /** The draft's rows, checked and normalised. */
  vectors: Float32Array
}

/** Whether a graph may serve; with fewer exemplars exact search does, however good a graph would be. */
const hasGraph = ({ exemplars, hnswMinimum = DEFAULT_HNSW_MINIMUM }: GenerationDraft): boolean =>
  exemplars.length >= hnswMinimum

/**
 * Builds and writes the graph, and checks every value of the file, because hnswlib reports success on a full disk. A generation
 * that is searched exactly whatever the graph's recall gets an empty one: the file is part of the format.
 */
export const writeGraph = async (
  { folder, draft, vectors: all }: GraphWork,
  onProgress?: (done: number, total: number) => void,
): Promise<FileFacts> => {
  const { dimensions, searchDimensions, seed, hnsw } = draft
  const shape = { dimensions, searchDimensions }
  const path = join(folder, HNSW)
  const progress = onProgress && { onProgress }
  const vectors = hasGraph(draft) ? all : new Float32Array()
  buildHnsw({ ...hnsw, ...shape, vectors, seed, ...progress }).save(path)
  await syncFile(path)
  const { bytes, facts } = await readVerified(path, HNSW, null)
  await assertHnswFile(bytes, vectors, { ...shape, size: vectors.length / dimensions, m: hnsw.m })
  return facts
}

export interface SearchChoice {
  search: Manifest['search']
  recallAt10: number
  efSearch: number
}

/**
 * Which search serves, by the recall of the file as the server will open it; that of exact search without a graph is 1. Measured on
 * 10,000 × 384 clustered rows: ef 128 finds 0.989, which is below the gate; ef 256 finds 0.993.
 */
export const chooseSearch = async ({
  folder,
  draft,
  vectors,
}: GraphWork): Promise<SearchChoice> => {
  const { seed, hnsw, minRecall } = draft
  if (!hasGraph(draft)) return { search: 'exact', recallAt10: 1, efSearch: hnsw.efSearch }
  const { dimensions, searchDimensions } = draft
  const shape = { dimensions, searchDimensions }
  const size = draft.exemplars.length
  const exact = createExactIndex({ vectors, ...shape })
  const recallOf = createRecallProbe({ exact, vectors, random: createRandom(seed) })
  const measured: SearchChoice[] = []
  for (const step of EF_STEPS) {
    const efSearch = hnsw.efSearch * step
    const file = join(folder, HNSW)
    const index = await openHnsw({ file, ...shape, size, m: hnsw.m, efSearch })
    const recallAt10 = recallOf(index)
    const isGood = recallAt10 >= minRecall
    measured.push({ search: isGood ? 'hnsw' : 'exact', recallAt10, efSearch })
    if (isGood) break
  }
  const [first, last] = [measured[0] as SearchChoice, measured.at(-1) as SearchChoice]
  return last.search === 'hnsw' ? last : first
}
