// First half of a rebuild: curated exemplars and promoted feedback, all with vectors. Runs where the encoder is.
// Curated texts go through the vector cache; prompts of users do not, so that deleting them from the store is enough.
import type { Config } from '../config.ts'
import type { Exemplar } from '../core/types.ts'
import type { Encoder } from '../encoder/encoder.ts'
import type { Store } from '../store/store.ts'
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
  /** One unit row for each exemplar. */
  vectors: Float32Array
  accepted: AcceptedCandidate[]
  rejected: RejectedVote[]
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
    encoderId: `${encoder.id} max_chars=${config.max_chars} max_tokens=${config.max_tokens}`,
    dimensions: encoder.dimensions,
  })

const toExemplar = ({ id, text, route, source }: LocatedExemplar): Exemplar => ({
  id,
  text,
  route,
  source,
})

const addCandidates = async (
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

/**
 * Loads, checks and embeds everything a build needs.
 * @throws RouterError `invalid_exemplar`, `store_unavailable`, or the encoder's.
 */
export const prepareTrainingSet = async (input: PrepareInput): Promise<TrainingData> => {
  const { config, trainingDir, encoder, concurrency, onProgress, signal } = input
  const routes = Object.keys(config.routes)
  const curated = (await loadExemplars(trainingDir, routes)).map(toExemplar)
  const heldOutRows = await loadHeldOut(trainingDir, routes)
  const feedback = (await input.store?.listFeedback()) ?? []
  const cache = await openConfiguredCache(input.cacheDir, encoder, config.encoder)
  const shape = createShape(config.encoder.max_chars)
  const shaped = [...curated, ...(heldOutRows ?? [])].map(({ text }) => shape(text))
  const base = { encoder, concurrency, ...(signal ? { signal } : {}) }
  const { vectors, reused, embedded } = await embedTexts(
    shaped.map(({ text }) => text),
    { ...base, lookup: cache.get, remember: cache.put, ...(onProgress ? { onProgress } : {}) },
  ).finally(() => cache.flush())
  const split = curated.length * encoder.dimensions
  const curatedVectors = vectors.subarray(0, split)
  const { accepted, rejected } = selectCandidates({
    feedback,
    curated,
    curatedVectors,
    encoderId: encoder.id,
    dimensions: encoder.dimensions,
    routes,
  })
  const candidateVectors = await addCandidates(accepted, shape, base)
  const all = new Float32Array(split + candidateVectors.length)
  all.set(curatedVectors)
  all.set(candidateVectors, split)
  return {
    exemplars: [...curated, ...accepted.map(({ exemplar }) => exemplar)],
    texts: [
      ...shaped.slice(0, curated.length).map(({ text }) => text),
      ...accepted.map(({ exemplar }) => shape(exemplar.text).text),
    ],
    vectors: all,
    accepted,
    rejected,
    heldOut: heldOutRows && {
      labels: heldOutRows.map(({ route }) => route),
      texts: shaped.slice(curated.length).map(({ text }) => text),
      hasSignal: shaped.slice(curated.length).map(({ hasSignal }) => hasSignal),
      vectors: vectors.slice(split),
    },
    reused,
    embedded,
  }
}
