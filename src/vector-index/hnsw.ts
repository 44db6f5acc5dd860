// Approximate search on hnswlib; the only importer of hnswlib-node. A graph is built once, in a build process, and opened read-only
// by the server; it is never changed (no markDelete, no resize): a new generation replaces it.
import { open } from 'node:fs/promises'
import hnsw from 'hnswlib-node'
import type { RowShape } from '../core/linear/vectors.ts'
import { RouterError } from '../errors.ts'
import { byRank, clampCosine } from './exact.ts'
import { assertRow, assertSearch, rowCount } from './guard.ts'
import { assertHnswHeader, HNSW_HEADER_BYTES } from './hnsw-layout.ts'
import type { VectorHit, VectorIndex } from './vector-index.ts'

export interface HnswParameters {
  /** Links per element and level; twice as many on the ground level. */
  m: number
  efConstruction: number
  /** Candidates kept during a search; a search for more than this many takes as many. */
  efSearch: number
}

export interface BuildHnswOptions extends HnswParameters, RowShape {
  /** n rows of `dimensions` numbers; the embedding of row i gets label i, the rest stays out of the graph. */
  vectors: Float32Array
  /** Seed of the level generator: the same rows and seed give the same file. */
  seed: number
  onProgress?: (done: number, total: number) => void
}

/** A freshly built graph, which can be searched and written. */
export interface BuiltHnsw extends VectorIndex {
  /** Synchronous. hnswlib reports success on a full disk, so sync the file and read it back. */
  save(file: string): void
}

type Graph = InstanceType<typeof hnsw.HierarchicalNSW>

const PROGRESS_EVERY = 256

/** `size` is a parameter, so that an empty graph is answered without hnswlib. */
const toVectorIndex = (graph: Graph, shape: RowShape & { size: number; ef: number }) => {
  const { dimensions, searchDimensions, size, ef } = shape
  // hnswlib-node takes number[] only; one scratch array serves every search, since searching is synchronous.
  const scratch = new Array<number>(searchDimensions).fill(0)
  let currentEf = 0
  const search = (row: Float32Array, k: number): VectorHit[] => {
    const { unit, wanted } = assertSearch({ row, k }, shape)
    if (wanted === 0) return []
    const wantedEf = Math.max(ef, wanted)
    if (currentEf !== wantedEf) graph.setEf(wantedEf)
    currentEf = wantedEf
    for (let i = 0; i < searchDimensions; i++) scratch[i] = unit[i] as number
    const { neighbors, distances } = graph.searchKnn(scratch, wanted)
    return neighbors
      .map((position, i) => ({ position, similarity: clampCosine(1 - (distances[i] as number)) }))
      .sort(byRank)
  }
  return { kind: 'hnsw' as const, dimensions, searchDimensions, size, search }
}

/**
 * Builds a graph over the rows' embeddings by inner product. Blocks the thread (10,000 × 384: 5 s), so it belongs in a build
 * process. Malkov & Yashunin 2016, "Efficient and robust approximate nearest neighbor search using HNSW graphs".
 * @throws RouterError `invalid_vector` that names the first bad row.
 */
export const buildHnsw = (options: BuildHnswOptions): BuiltHnsw => {
  const { vectors, dimensions, searchDimensions, m, efConstruction, efSearch, seed } = options
  const size = rowCount(vectors, dimensions)
  const graph = new hnsw.HierarchicalNSW('ip', searchDimensions)
  graph.initIndex(Math.max(1, size), m, efConstruction, seed)
  for (let row = 0; row < size; row++) {
    const embedding = assertRow(vectors, options, row).subarray(0, searchDimensions)
    graph.addPoint(Array.from(embedding), row)
    if ((row + 1) % PROGRESS_EVERY === 0 || row + 1 === size) options.onProgress?.(row + 1, size)
  }
  const index = toVectorIndex(graph, { dimensions, searchDimensions, size, ef: efSearch })
  return { ...index, save: (file) => graph.writeIndexSync(file) }
}

const readHeader = async (file: string): Promise<Buffer> => {
  const handle = await open(file, 'r')
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(HNSW_HEADER_BYTES), 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}

/**
 * Opens a graph off the main thread. The header is checked here; the caller must have checked the rest of the file (sha256 and
 * `assertHnswFile`), since hnswlib crashes on damage behind the header.
 * @throws RouterError `index_invalid` where the file cannot be read or is of another size or dimension.
 */
export const openHnsw = async (
  options: RowShape & { file: string; size: number; m: number; efSearch: number },
): Promise<VectorIndex> => {
  const { file, dimensions, searchDimensions, size, efSearch } = options
  // After a failed read the object segfaults at its next use, so it only leaves this function after a successful one.
  const graph = new hnsw.HierarchicalNSW('ip', searchDimensions)
  try {
    // getNumDimensions() returns the constructor's argument, so the header of the file is compared.
    assertHnswHeader(await readHeader(file), options)
    await graph.readIndex(file)
  } catch (error) {
    if (error instanceof RouterError) throw error
    throw new RouterError('index_invalid', 'hnsw.bin cannot be opened.', { cause: error })
  }
  if (graph.getCurrentCount() !== size) {
    const found = graph.getCurrentCount()
    throw new RouterError('index_invalid', `hnsw.bin holds ${found} vectors, expected ${size}.`)
  }
  return toVectorIndex(graph, { dimensions, searchDimensions, size, ef: efSearch })
}
