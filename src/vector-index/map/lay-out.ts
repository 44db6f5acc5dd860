// The exemplars of a generation in two dimensions, so that near ones stay near (UMAP; McInnes, Healy and Melville 2018). The
// neighbours come from the graph that the generation has already. Blocks its thread for seconds: map-job.ts is the process.
import { UMAP } from 'umap-js'
import { principalAxes, projected } from '../../core/linear/principal-axes.ts'
import { createRandom, shuffled } from '../../core/statistics/random.ts'
import type { Generation } from '../generation.ts'
import { buildHnsw } from '../hnsw.ts'
import type { VectorHit, VectorIndex } from '../vector-index.ts'
import type { Layout } from './map-file.ts'
import { placeBeside } from './place-beside.ts'

/** Each with itself. More neighbours cost memory and time in proportion, and gain little: see the manual. */
const NEIGHBOURS = 10
const EPOCHS = 100
const MIN_DISTANCE = 0.1
/** Where the layout begins: as wide as the library's own start, which is random. */
const START_RADIUS = 10
/** More exemplars than this are not laid out each: so many are, and the others are placed beside them. */
const MOST_LAID_OUT = 10_000
/** Up to so many are searched exactly where the generation has no graph that serves. */
const MOST_EXACT = 1_000

/** Rows that are laid out, and a search over them whose positions count these rows. */
interface Laid {
  rows: number[]
  index: VectorIndex
}

const takeRows = (vectors: Float32Array, rows: readonly number[], width: number): Float32Array => {
  const taken = new Float32Array(rows.length * width)
  rows.forEach((row, i) => {
    taken.set(vectors.subarray(row * width, (row + 1) * width), i * width)
  })
  return taken
}

const laidOf = (generation: Generation, most: number): Laid => {
  const { vectors, index, manifest } = generation
  const { exemplarCount: count, dimensions, searchDimensions, seed, hnsw } = manifest
  const all = Array.from({ length: count }, (_, row) => row)
  const rows = count <= most ? all : shuffled(all, createRandom(seed)).slice(0, most)
  if (rows === all && (index.kind !== 'exact' || count <= MOST_EXACT)) return { rows, index }
  const own = takeRows(vectors, rows, dimensions)
  return { rows, index: buildHnsw({ ...hnsw, vectors: own, dimensions, searchDimensions, seed }) }
}

const rowAt = ({ vectors, manifest }: Generation, row: number): Float32Array =>
  vectors.subarray(row * manifest.dimensions, (row + 1) * manifest.dimensions)

/** The library's form: each row its own first neighbour, at distance 0. */
const neighboursOf = (generation: Generation, { rows, index }: Laid) => {
  const near = rows.map((row, i) => {
    const hits = index.search(rowAt(generation, row), NEIGHBOURS + 1)
    return hits.filter(({ position }) => position !== i).slice(0, NEIGHBOURS - 1)
  })
  return {
    indices: near.map((hits, i) => [i, ...hits.map(({ position }) => position)]),
    distances: near.map((hits) => [
      0,
      ...hits.map(({ similarity }) => Math.max(0, 1 - similarity)),
    ]),
  }
}

/** Begins at the main directions, so that what is far apart stays apart; the same seed gives the same map. */
const startAt = async (
  embedding: number[][],
  generation: Generation,
  rows: readonly number[],
): Promise<void> => {
  const { vectors, manifest } = generation
  const axes = await principalAxes(vectors, manifest, { count: 2, seed: manifest.seed })
  const flat = projected(vectors, manifest, axes, [0, manifest.exemplarCount])
  const widest = flat.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9)
  embedding.forEach((point, i) => {
    const at = (rows[i] as number) * 2
    point[0] = ((flat[at] as number) / widest) * START_RADIUS
    point[1] = ((flat[at + 1] as number) / widest) * START_RADIUS
  })
}

type Near = ReturnType<typeof neighboursOf>

const run = async (
  generation: Generation,
  { laid, near }: { laid: Laid; near: Near },
  onProgress: (done: number) => void,
) => {
  const { indices, distances } = near
  const umap = new UMAP({
    nComponents: 2,
    nNeighbors: NEIGHBOURS,
    nEpochs: EPOCHS,
    minDist: MIN_DISTANCE,
    random: createRandom(generation.manifest.seed),
  })
  umap.setPrecomputedKNN(indices, distances)
  // With neighbours given, only the number of rows is read.
  umap.initializeFit(indices)
  await startAt(umap.getEmbedding(), generation, laid.rows)
  for (let epoch = 0; epoch < EPOCHS; epoch++) {
    umap.step()
    onProgress((epoch + 1) / EPOCHS)
  }
  return umap.getEmbedding()
}

/** Where the rows are that were not laid out: among the nearest of those that were. */
const placeOthers = (generation: Generation, laid: Laid, { places, nearest }: Layout): void => {
  const own = new Set(laid.rows)
  const asRows = ({ position, similarity }: VectorHit) => ({
    position: laid.rows[position] as number,
    similarity,
  })
  for (let row = 0; row < generation.manifest.exemplarCount; row++) {
    if (own.has(row)) continue
    const hits = laid.index.search(rowAt(generation, row), NEIGHBOURS).map(asRows)
    const point = placeBeside(hits, places)
    if (point) places.set(point, row * 2)
    nearest[row] = hits[0]?.similarity ?? 0
  }
}

/**
 * Places in no unit; null where there are too few exemplars or the layout came to nothing (all alike).
 * Deterministic: the same generation gives the same map.
 */
export const layOut = async (
  generation: Generation,
  options: { onProgress?: (done: number) => void; mostLaidOut?: number } = {},
): Promise<Layout | null> => {
  const { onProgress = () => {}, mostLaidOut = MOST_LAID_OUT } = options
  const laid = laidOf(generation, mostLaidOut)
  if (laid.rows.length <= NEIGHBOURS) return null
  const near = neighboursOf(generation, laid)
  const count = generation.manifest.exemplarCount
  const out = { places: new Float32Array(count * 2), nearest: new Float32Array(count) }
  const embedding = await run(generation, { laid, near }, onProgress)
  laid.rows.forEach((row, i) => {
    out.places.set(embedding[i] as number[], row * 2)
    out.nearest[row] = 1 - (near.distances[i]?.[1] ?? 1)
  })
  placeOthers(generation, laid, out)
  return out.places.every(Number.isFinite) ? out : null
}
