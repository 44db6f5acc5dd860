// Training data + feedback → the next generation, made current: what `signalbox rebuild` and a first start do.
// One at a time under the build lock; whatever fails on the way, the served generation stays as it was.

import type { Config } from '../config.ts'
import { besideHash } from '../core/beside-hash.ts'
import { CLASSIFIER_VERSION } from '../core/classifier.ts'
import { RouterError } from '../errors.ts'
import { acquireBuildLock } from '../vector-index/build-lock.ts'
import { verifyGeneration } from '../vector-index/generation-check.ts'
import { exemplarDigest, type GenerationDraft } from '../vector-index/generation-draft.ts'
import {
  currentGeneration,
  pruneGenerations,
  setCurrent,
  sweepOrphans,
} from '../vector-index/generation-store.ts'
import type { Manifest } from '../vector-index/manifest.ts'
import type { BuildStage } from './build-job.ts'
import { type RejectedVote, TEXT_NOT_STORED } from './candidates.ts'
import { fitOptions } from './fit-options.ts'
import { type PrepareInput, prepareTrainingSet, type TrainingData } from './prepare-training-set.ts'
import { runBuild } from './run-build.ts'

export type RebuildProgress = { stage: 'embed' | BuildStage; done: number; total: number }

export interface RebuildOptions extends Omit<PrepareInput, 'onProgress' | 'concurrency'> {
  indexDir: string
  /** Texts in flight at a time; 8 keeps two encoder processes busy. */
  concurrency?: number
  /** Builds although nothing has changed. */
  force?: boolean
  now?: () => number
  onProgress?: (progress: RebuildProgress) => void
  /** Another build module, for tests of its death. */
  buildEntry?: URL
}

export interface PromotedFeedback {
  exemplarId: string
  route: string
  /** `(text not stored)` where the store keeps none. */
  text: string
  decisionIds: string[]
}

export interface RebuildReport {
  /** Number of the generation that is current now. */
  generation: number
  /** The one that was current before it was built. */
  parent: number | null
  exemplars: number
  /** Exemplars per route. */
  routes: Record<string, number>
  fromFeedback: { accepted: PromotedFeedback[]; rejected: RejectedVote[] }
  recallAt10: number
  search: 'hnsw' | 'exact'
  /** Held-out figures by name, shares 0 to 1; null without held-out.jsonl. */
  heldOut: Record<string, number> | null
  /** Distinct texts embedded now, and known from before. */
  embedded: number
  reused: number
  durationMs: number
  /** True where exemplars, encoder and parameters were those of the current generation, which was kept. */
  unchanged: boolean
}

type Parent = { number: number; manifest: Manifest } | null

/** The current generation, every file verified; null where there is none or it is damaged, which a rebuild mends. */
const readParent = async (dir: string): Promise<Parent> => {
  try {
    const number = await currentGeneration(dir)
    return number === null ? null : { number, manifest: await verifyGeneration(dir, number) }
  } catch (error) {
    if (error instanceof RouterError && error.code === 'index_invalid') return null
    throw error
  }
}

const toDraft = (options: RebuildOptions, data: TrainingData, parent: Parent) => {
  const { m, ef_construction, ef_search, seed, min_recall } = options.config.index
  return {
    exemplars: data.exemplars,
    vectors: data.vectors,
    dimensions: options.encoder.dimensions,
    searchDimensions: options.encoder.searchDimensions,
    encoderId: options.encoder.id,
    parentGeneration: parent?.number ?? null,
    seed,
    hnsw: { m, efConstruction: ef_construction, efSearch: ef_search },
    feedbackExemplars: data.accepted.length,
    createdAtMs: (options.now ?? Date.now)(),
    minRecall: min_recall,
  } satisfies Omit<GenerationDraft, 'classifier' | 'heldOut'>
}

/** Whether the classifier would be fitted on the same things in the same way. */
const isFitSame = (fit: Manifest['fit'], config: Config, data: TrainingData): boolean => {
  const { risk, delta, novelShare, trustDescriptions } = fitOptions(config)
  return (
    fit !== null &&
    fit.risk === risk &&
    fit.delta === delta &&
    fit.novelShare === novelShare &&
    fit.trustDescriptions === trustDescriptions &&
    fit.besideHash === besideHash(data.beside)
  )
}

const isSame = (manifest: Manifest, draft: ReturnType<typeof toDraft>): boolean =>
  manifest.exemplarDigest === exemplarDigest(draft.exemplars) &&
  manifest.encoderId === draft.encoderId &&
  manifest.seed === draft.seed &&
  manifest.classifier.version === CLASSIFIER_VERSION &&
  JSON.stringify(manifest.hnsw) === JSON.stringify(draft.hnsw)

const buildNext = async (
  options: RebuildOptions,
  data: TrainingData,
  draft: ReturnType<typeof toDraft>,
): Promise<Manifest> => {
  const { config, indexDir, onProgress, signal, buildEntry } = options
  const thresholds = Object.entries(config.routes).map(([r, { threshold }]) => [r, { threshold }])
  const manifest = await runBuild(
    {
      indexDir,
      draft,
      texts: data.texts,
      beside: data.beside,
      fit: fitOptions(config),
      heldOut: data.heldOut,
      routes: Object.fromEntries(thresholds),
      neighbours: config.index.neighbours,
    },
    {
      onProgress: (stage, done, total) => onProgress?.({ stage, done, total }),
      ...(signal ? { signal } : {}),
      ...(buildEntry ? { entry: buildEntry } : {}),
    },
  )
  await setCurrent(indexDir, manifest.generation)
  await pruneGenerations(indexDir, config.index.keep_generations)
  return manifest
}

const promoted = (data: TrainingData): PromotedFeedback[] =>
  data.accepted.map(({ exemplar, decisionIds }) => ({
    exemplarId: exemplar.id,
    route: exemplar.route,
    text: exemplar.text || TEXT_NOT_STORED,
    decisionIds,
  }))

const rebuildLocked = async (
  options: RebuildOptions,
): Promise<Omit<RebuildReport, 'durationMs'>> => {
  const { indexDir, concurrency = 8, onProgress } = options
  await sweepOrphans(indexDir)
  const data = await prepareTrainingSet({
    ...options,
    concurrency,
    onProgress: (done, total) => onProgress?.({ stage: 'embed', done, total }),
  })
  if (data.exemplars.length === 0) {
    throw new RouterError(
      'invalid_exemplar',
      `${options.trainingDir} holds no exemplars; add some with: signalbox add "text" --route ROUTE`,
    )
  }
  const parent = await readParent(indexDir)
  const draft = toDraft(options, data, parent)
  const unchanged =
    options.force !== true &&
    parent !== null &&
    isSame(parent.manifest, draft) &&
    isFitSame(parent.manifest.fit, options.config, data)
  const manifest = unchanged ? parent.manifest : await buildNext(options, data, draft)
  return {
    generation: manifest.generation,
    parent: manifest.parentGeneration,
    exemplars: manifest.exemplarCount,
    routes: manifest.routes,
    fromFeedback: { accepted: promoted(data), rejected: data.rejected },
    recallAt10: manifest.recallAt10,
    search: manifest.search,
    heldOut: manifest.heldOut,
    embedded: data.embedded,
    reused: data.reused,
    unchanged,
  }
}

/**
 * Builds the next generation from training data and effective feedback, and makes it current; a running server swaps by itself.
 * @throws RouterError `build_in_progress`, `invalid_exemplar`, `store_unavailable`, the encoder's, `index_invalid`, or
 *   `internal` where the build process died. Nothing has changed then.
 */
export const rebuild = async (options: RebuildOptions): Promise<RebuildReport> => {
  const startedAt = performance.now()
  const lock = await acquireBuildLock(options.indexDir)
  try {
    const report = await rebuildLocked(options)
    return { ...report, durationMs: Math.round(performance.now() - startedAt) }
  } finally {
    await lock.release()
  }
}
