// First half of a rebuild: curated exemplars and promoted feedback, all with vectors. Runs where the encoder is.
// Curated texts go through the vector cache; prompts of users do not, so that deleting them from the store is enough.
import type { Config } from '../config.ts'
import type { Exemplar } from '../core/types.ts'
import type { Encoder } from '../encoder/encoder.ts'
import type { Store } from '../store/store.ts'
import { type Augmentation, augment } from './augment.ts'
import type { HeldOutSet } from './build-job.ts'
import { type AcceptedCandidate, type RejectedVote, selectCandidates } from './candidates.ts'
import { type EmbedTextsOptions, embedTexts } from './embed-exemplars.ts'
import { type LocatedExemplar, loadExemplars, loadHeldOut } from './exemplars.ts'
import { createShape, type Shape } from './shape.ts'
import { openVectorCache, type VectorCache } from './vector-cache.ts'

export interface PrepareInput {
  config: Config
  trainingDir: string
  /** Folder of the vector cache. */
  cacheDir: string
  encoder: Encoder
  /** Null leaves feedback out. */
  store: Pick<Store, 'listFeedback'> | null
  /** Texts in flight at a time. */
  concurrency: number
  onProgress?: (done: number, total: number) => void
  signal?: AbortSignal
}

export interface TrainingData {
  exemplars: Exemplar[]
  /** Routing text of each exemplar, as prompts are shaped. */
  texts: string[]
  /** One whole row for each exemplar. */
  vectors: Float32Array
  accepted: AcceptedCandidate[]
  rejected: RejectedVote[]
  /** What is trained on beside the exemplars. */
  beside: ReturnType<Augmentation['complete']>
  heldOut: HeldOutSet | null
  /** Distinct texts that were found in the cache, and that were embedded. */
  reused: number
  embedded: number
}

/** The cache for one encoder under one configuration: what is cut off a text changes its vector too. */
export const openConfiguredCache = (
  dir: string,
  encoder: Encoder,
  config: Config['encoder'],
): Promise<VectorCache> =>
  openVectorCache({
    dir,
    encoderId: `${encoder.id} max_chars=${config.max_chars} max_tokens=${config.max_tokens} windows=3`,
    dimensions: encoder.dimensions,
  })

const toExemplar = ({ id, text, route, source }: LocatedExemplar): Exemplar => ({
  id,
  text,
  route,
  source,
})

/** One row for each candidate: its decision's vector, or its text embedded now. */
const candidateRows = async (
  accepted: AcceptedCandidate[],
  shape: Shape,
  options: EmbedTextsOptions,
): Promise<Float32Array> => {
  const { dimensions } = options.encoder
  const missing = accepted.filter(({ vector }) => vector === null)
  const texts = missing.map(({ exemplar }) => shape(exemplar.text).text)
  const embedded = await embedTexts(texts, options)
  const rows = new Float32Array(accepted.length * dimensions)
  let next = 0
  accepted.forEach(({ vector }, row) => {
    const own = vector ?? embedded.vectors.subarray(next * dimensions, (next + 1) * dimensions)
    if (vector === null) next++
    rows.set(own, row * dimensions)
  })
  return rows
}

/** What the files of the training data say, in vectors. */
const embedFiles = async (input: PrepareInput, shape: Shape, options: EmbedTextsOptions) => {
  const { config, trainingDir, encoder, onProgress } = input
  const routes = Object.keys(config.routes)
  const curated = (await loadExemplars(trainingDir, routes)).map(toExemplar)
  const heldOutRows = await loadHeldOut(trainingDir, routes)
  const shaped = [...curated, ...(heldOutRows ?? [])].map(({ text }) => shape(text))
  const curatedTexts = shaped.slice(0, curated.length).map(({ text }) => text)
  const beside = augment({
    texts: curatedTexts,
    routes: curated.map(({ route }) => route),
    descriptions: Object.fromEntries(
      Object.entries(config.routes).map(([route, { description }]) => [route, [description]]),
    ),
    copiesPerRoute: config.training.copies_per_route,
    seed: config.index.seed,
  })
  const texts = [...shaped.map(({ text }) => text), ...beside.texts]
  const cache = await openConfiguredCache(input.cacheDir, encoder, config.encoder)
  const { vectors, reused, embedded } = await embedTexts(texts, {
    ...options,
    lookup: cache.get,
    remember: cache.put,
    ...(onProgress ? { onProgress } : {}),
  }).finally(() => cache.flush())
  const split = curated.length * encoder.dimensions
  const besideFrom = shaped.length * encoder.dimensions
  const heldOut: HeldOutSet | null = heldOutRows && {
    labels: heldOutRows.map(({ route }) => route),
    texts: texts.slice(curated.length, shaped.length),
    hasSignal: shaped.slice(curated.length).map(({ hasSignal }) => hasSignal),
    vectors: vectors.slice(split, besideFrom),
  }
  return {
    curated,
    curatedTexts,
    curatedVectors: vectors.slice(0, split),
    beside: beside.complete(vectors.slice(besideFrom)),
    heldOut,
    reused,
    embedded,
  }
}

const concatenated = (first: Float32Array, second: Float32Array): Float32Array => {
  const all = new Float32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

/**
 * Loads, checks and embeds everything a build needs.
 * @throws RouterError `invalid_exemplar`, `store_unavailable`, or the encoder's.
 */
export const prepareTrainingSet = async (input: PrepareInput): Promise<TrainingData> => {
  const { config, encoder, concurrency, signal } = input
  const shape = createShape(config.encoder.max_chars)
  const options = { encoder, concurrency, ...(signal ? { signal } : {}) }
  const feedback = (await input.store?.listFeedback()) ?? []
  const files = await embedFiles(input, shape, options)
  const { curated, curatedTexts, curatedVectors, heldOut, reused, embedded } = files
  const { accepted, rejected } = selectCandidates({
    feedback,
    curated,
    curatedVectors,
    encoderId: encoder.id,
    dimensions: encoder.dimensions,
    searchDimensions: encoder.searchDimensions,
    routes: Object.keys(config.routes),
  })
  const promoted = accepted.map(({ exemplar }) => exemplar)
  const promotedVectors = await candidateRows(accepted, shape, options)
  return {
    exemplars: [...curated, ...promoted],
    texts: [...curatedTexts, ...promoted.map(({ text }) => shape(text).text)],
    vectors: concatenated(curatedVectors, promotedVectors),
    accepted,
    rejected,
    beside: files.beside,
    heldOut,
    reused,
    embedded,
  }
}
