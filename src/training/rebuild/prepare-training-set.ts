// Rebuild, first half: curated exemplars and accepted feedback, all with vectors. Curated texts use the vector cache; callers' prompts
// do not, so that deleting them from the store is enough.

import type { Config } from '../../config/config-schema.ts'
import type { TrainingSet } from '../../core/classifier/classifier.ts'
import type { FeedbackWithDecision } from '../../core/records/feedback.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import type { Exemplar } from '../../core/types.ts'
import type { Encoder } from '../../encoder/encoder.ts'
import { shippedVectorsFolder } from '../../encoder/model-files.ts'
import type { Store } from '../../store/store.ts'
import { type Proposal, type RejectedVote, toProposals } from '../candidates/candidate-proposals.ts'
import type {
  AcceptedCandidate,
  CandidateReport,
  HeldOutCandidate,
  QueuedCandidate,
} from '../candidates/candidate-report.ts'
import { judgeCandidates } from '../candidates/candidates.ts'
import { type QuarantinedExemplar, quarantine } from '../candidates/quarantine.ts'
import { type Augmentation, augment } from '../exemplars/augment.ts'
import { type EmbedTextsOptions, embedTexts } from '../exemplars/embed-exemplars.ts'
import { type LocatedExemplar, loadExemplars, loadHeldOut } from '../exemplars/exemplars.ts'
import { type HeldOutSet, trafficSampleOf } from '../exemplars/held-out-set.ts'
import { findLeftOut, type LeftOut } from '../exemplars/left-out.ts'
import { createShape, type Shape } from '../exemplars/shape.ts'
import { openVectorCache, type VectorCache } from '../exemplars/vector-cache.ts'
import type { LibraryReport } from './settle-library.ts'

export interface PrepareInput {
  config: Config
  trainingDir: string
  /** Folder of the vector cache. */
  cacheDir: string
  encoder: Encoder
  /** Null leaves out feedback and rulings. */
  store: Pick<Store, 'listFeedback' | 'listRulings'> | null
  /** Texts in flight at a time. */
  concurrency: number
  onProgress?: (done: number, total: number) => void
  signal?: AbortSignal
}

export interface TrainingData {
  exemplars: Exemplar[]
  /** Routing text of each exemplar. */
  texts: string[]
  /** One whole row for each exemplar. */
  vectors: Float32Array
  accepted: AcceptedCandidate[]
  /** Candidates that wait for review. */
  queued: QueuedCandidate[]
  rejected: RejectedVote[]
  /** Number of voted prompts that only confirm their route. */
  confirmed: number
  /** Exemplars that are left out because feedback shows that they are harmful. */
  quarantined: QuarantinedExemplar[]
  /** Ids of exemplars from the library. */
  fromLibrary: ReadonlySet<string>
  /** Which of them were used; null where there are none, or nothing to judge them by. */
  library: LibraryReport | null
  /** Copies and anchors to train on beside the exemplars, and the held-out rows that confidence is calibrated on. */
  beside: ReturnType<Augmentation['complete']> & Pick<TrainingSet, 'sample'>
  heldOut: HeldOutSet | null
  /** Training data of routes that are not configured. */
  leftOut: LeftOut | null
  /** Held-out voted prompts; null where there are none. */
  feedbackHeldOut: HeldOutSet | null
  /** Numbers of distinct texts that were found in the cache, and that were embedded. */
  reused: number
  embedded: number
}

/** The cache for one encoder and one configuration: a different limit of the text changes its vector, too. */
export const openConfiguredCache = (
  dir: string,
  encoder: Encoder,
  config: Config['encoder'],
): Promise<VectorCache> =>
  openVectorCache({
    dir,
    shippedDir: shippedVectorsFolder(),
    encoderId: `${encoder.id} max_chars=${config.max_chars} max_tokens=${config.max_tokens} windows=3`,
    dimensions: encoder.dimensions,
  })

const toExemplar = ({ id, text, route, source }: LocatedExemplar): Exemplar => ({
  id,
  text,
  route,
  source,
})

/** One row per proposal: its decision's vector, or its text embedded now. */
const proposalRows = async (
  proposals: readonly Proposal[],
  shape: Shape,
  options: EmbedTextsOptions,
): Promise<Float32Array> => {
  const { dimensions } = options.encoder
  const missing = proposals.filter(({ vector }) => vector === null)
  const texts = missing.map(({ text }) => shape(text ?? '').text)
  const embedded = await embedTexts(texts, options)
  const rows = new Float32Array(proposals.length * dimensions)
  let next = 0
  proposals.forEach(({ vector }, row) => {
    const own = vector ?? embedded.vectors.subarray(next * dimensions, (next + 1) * dimensions)
    if (vector === null) next++
    rows.set(own, row * dimensions)
  })
  return rows
}

interface FromStore {
  feedback: FeedbackWithDecision[]
  rulings: Ruling[]
}

/** Curated exemplars and held-out rows of the training data, without quarantined exemplars. */
const readFiles = async ({ config, trainingDir }: PrepareInput, fromStore: FromStore) => {
  const routes = Object.keys(config.routes)
  const located = await loadExemplars(trainingDir, routes)
  const all = located.map(toExemplar)
  const settings = config.training.feedback
  const quarantined = quarantine({ exemplars: all, ...fromStore, settings })
  const leftOut = new Set(quarantined.map(({ exemplarId }) => exemplarId))
  return {
    curated: all.filter(({ id }) => !leftOut.has(id)),
    quarantined,
    fromLibrary: new Set(located.flatMap(({ id, isLibrary }) => (isLibrary ? [id] : []))),
    heldOutRows: await loadHeldOut(trainingDir, routes),
  }
}

const augmentationOf = (
  { routes, training, index }: Config,
  curated: readonly Exemplar[],
  texts: string[],
): Augmentation =>
  augment({
    texts,
    routes: curated.map(({ route }) => route),
    descriptions: Object.fromEntries(
      Object.entries(routes).map(([route, { description }]) => [route, [description]]),
    ),
    copiesPerRoute: training.copies_per_route,
    seed: index.seed,
  })

/** Embeds the training data. */
const embedFiles = async (
  input: PrepareInput,
  fromStore: FromStore,
  { shape, options }: { shape: Shape; options: EmbedTextsOptions },
) => {
  const { config, encoder, onProgress } = input
  const { curated, quarantined, fromLibrary, heldOutRows } = await readFiles(input, fromStore)
  const shaped = [...curated, ...(heldOutRows ?? [])].map(({ text }) => shape(text))
  const curatedTexts = shaped.slice(0, curated.length).map(({ text }) => text)
  const beside = augmentationOf(config, curated, curatedTexts)
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
    vectors: vectors.subarray(split, besideFrom),
  }
  return {
    ...{ curated, quarantined, fromLibrary, curatedTexts, heldOut, reused, embedded },
    curatedVectors: vectors.subarray(0, split),
    beside: beside.complete(vectors.subarray(besideFrom)),
  }
}

/** Rows one after the other in one array. */
const joinRows = (rows: readonly { vector: Float32Array }[], dimensions: number): Float32Array => {
  const joined = new Float32Array(rows.length * dimensions)
  rows.forEach(({ vector }, row) => {
    joined.set(vector, row * dimensions)
  })
  return joined
}

const concatenated = (first: Float32Array, second: Float32Array): Float32Array => {
  if (second.length === 0) return first
  const all = new Float32Array(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

/** Judges the proposals from feedback against the curated exemplars. */
const judgeFeedback = async (
  input: PrepareInput,
  { feedback, rulings }: FromStore,
  context: {
    files: Awaited<ReturnType<typeof embedFiles>>
    shape: Shape
    options: EmbedTextsOptions
  },
): Promise<CandidateReport> => {
  const { config, encoder } = input
  const { files, shape, options } = context
  const { dimensions, searchDimensions } = encoder
  const { weights, held_out_share, max_share_per_key } = config.training.feedback
  const { proposals, rejected } = toProposals({
    feedback,
    encoderId: encoder.id,
    dimensions,
    searchDimensions,
    routes: Object.keys(config.routes),
    weights,
    heldOutShare: held_out_share,
  })
  const report = judgeCandidates({
    proposals,
    vectors: await proposalRows(proposals, shape, options),
    curated: files.curated,
    curatedVectors: files.curatedVectors,
    heldOut: files.heldOut,
    rulings,
    maxSharePerKey: max_share_per_key,
    dimensions,
    searchDimensions,
  })
  return { ...report, rejected: [...rejected, ...report.rejected] }
}

const toHeldOutSet = (
  candidates: readonly HeldOutCandidate[],
  shape: Shape,
  dimensions: number,
): HeldOutSet | null => {
  if (candidates.length === 0) return null
  return {
    labels: candidates.map(({ route }) => route),
    texts: candidates.map(({ text }) => (text === null ? '' : shape(text).text)),
    hasSignal: candidates.map(() => true),
    vectors: joinRows(candidates, dimensions),
  }
}

/**
 * Loads, checks and embeds everything that a build needs.
 * @throws RouterError `invalid_exemplar`, `store_unavailable`, or the encoder's.
 */
export const prepareTrainingSet = async (input: PrepareInput): Promise<TrainingData> => {
  const { config, encoder, concurrency, signal, store } = input
  const shape = createShape(config.encoder.max_chars)
  const options = { encoder, concurrency, ...(signal ? { signal } : {}) }
  const fromStore: FromStore = {
    feedback: (await store?.listFeedback()) ?? [],
    rulings: (await store?.listRulings()) ?? [],
  }
  const files = await embedFiles(input, fromStore, { shape, options })
  const judged = await judgeFeedback(input, fromStore, { files, shape, options })
  const settings = config.training.feedback
  const candidates = judged.accepted.map(({ exemplar }) => exemplar)
  const unwelcome = quarantine({ exemplars: candidates, ...fromStore, settings })
  const leftOut = new Set(unwelcome.map(({ exemplarId }) => exemplarId))
  const accepted = judged.accepted.filter(({ exemplar }) => !leftOut.has(exemplar.id))
  const promoted = accepted.map(({ exemplar }) => exemplar)
  return {
    exemplars: [...files.curated, ...promoted],
    texts: [...files.curatedTexts, ...promoted.map(({ text }) => shape(text).text)],
    vectors: concatenated(files.curatedVectors, joinRows(accepted, encoder.dimensions)),
    accepted,
    queued: judged.queued,
    rejected: judged.rejected,
    confirmed: judged.confirmed,
    quarantined: [...files.quarantined, ...unwelcome],
    ...{ fromLibrary: files.fromLibrary, library: null },
    beside: { ...files.beside, ...(files.heldOut && { sample: trafficSampleOf(files.heldOut) }) },
    heldOut: files.heldOut,
    leftOut: await findLeftOut(input.trainingDir, Object.keys(config.routes)),
    feedbackHeldOut: toHeldOutSet(judged.heldOut, shape, encoder.dimensions),
    reused: files.reused,
    embedded: files.embedded,
  }
}
