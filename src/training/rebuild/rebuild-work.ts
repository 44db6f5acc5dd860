// Collects what a rebuild would build, and finds out whether that generation exists already.

import { RouterError } from '../../errors.ts'
import type { Store } from '../../store/store.ts'
import { readArms } from '../../vector-index/arms.ts'
import { readManifest, verifyGeneration } from '../../vector-index/generation-check.ts'
import type { GenerationDraft } from '../../vector-index/generation-draft.ts'
import { currentGeneration, listGenerations } from '../../vector-index/generation-store.ts'
import type { Manifest } from '../../vector-index/manifest.ts'
import { noExemplars } from '../exemplars/left-out.ts'
import { readReport } from '../generations/generation-report.ts'
import { LEAST_PROMPTS } from '../outcomes/fit-outcomes.ts'
import { gatherOutcomes, type KeptOutcomes, outcomesDigest } from '../outcomes/gather-outcomes.ts'
import { nominalUsd, routeAims } from '../outcomes/route-aims.ts'
import type { Trigger } from '../reports/build-report.ts'
import type { GateReport } from '../reports/gate-report.ts'
import { fitOptions } from './fit-options.ts'
import type { PromoteMode, RunGate } from './judge-build.ts'
import { type PrepareInput, prepareTrainingSet, type TrainingData } from './prepare-training-set.ts'
import { buildDigest, isSameBuild } from './rebuild-digest.ts'
import type { RebuildProgress, RebuildReport } from './rebuild-report.ts'
import { settleLibrary } from './settle-library.ts'

/** The store's part in keeping generations. */
export type RetentionStore = Pick<Store, 'listReferencedGenerations' | 'listForgottenExemplars'>

export interface RebuildOptions
  extends Omit<PrepareInput, 'onProgress' | 'concurrency' | 'signal'> {
  indexDir: string
  /** Database that the gate replays; null or absent: no replay. */
  databaseFile?: string | null
  /** Generations that past decisions refer to, and prompts to forget; null where no decisions are stored. */
  retention?: RetentionStore | null
  /** Outcomes of models to fit on; null or absent: none. */
  outcomes?: Pick<Store, 'listEvaluatedPrompts' | 'listServedExamples'> | null
  /** Texts in flight at a time; 8 keeps two encoder processes busy. */
  concurrency?: number
  /** Builds even if nothing has changed, or the gate refused the same build before. */
  force?: boolean
  promote?: PromoteMode
  /** Why the gate is overridden; required with `promote: 'force'`. */
  reason?: string | null
  /** Who requested it: a key's id, `local` or `cli`. */
  author?: string
  trigger?: Trigger
  now?: () => number
  onProgress?: (progress: RebuildProgress) => void
  /** Replaces the gate in tests. */
  gate?: RunGate
}

type Parent = { number: number; manifest: Manifest } | null
type Draft = Omit<GenerationDraft, 'classifier' | 'heldOut' | 'outcomes'>

/** The current generation, every file verified; null where there is none, or it is damaged, which a rebuild repairs. */
const readParent = async (dir: string): Promise<Parent> => {
  try {
    const number = await currentGeneration(dir)
    return number === null ? null : { number, manifest: await verifyGeneration(dir, number) }
  } catch (error) {
    if (error instanceof RouterError && error.code === 'index_invalid') return null
    throw error
  }
}

export interface Work extends RebuildOptions {
  promote: PromoteMode
  author: string
  trigger: Trigger
  startedAtMs: number
  data: TrainingData
  parent: Parent
  draft: Draft
  /** Null where no route selects by outcomes, or there are too few. */
  learnable: KeptOutcomes | null
  digest: string
}

const toDraft = (
  options: RebuildOptions,
  data: TrainingData,
  { parent, createdAtMs }: { parent: Parent; createdAtMs: number },
): Draft => {
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
    createdAtMs,
    minRecall: min_recall,
  }
}

const gatherLearnable = async ({ config, encoder, outcomes = null }: RebuildOptions) => {
  const models = [...new Set(routeAims(config).flatMap((aim) => aim.models))]
  if (outcomes === null || models.length === 0) return null
  const { id: encoderId, dimensions } = encoder
  const kept = await gatherOutcomes({
    ...{ store: outcomes, encoderId, dimensions, models },
    nominalUsd: nominalUsd(config),
  })
  return kept && kept.ids.length >= LEAST_PROMPTS ? kept : null
}

/** Loads and embeds everything that a build needs. */
export const prepareWork = async (options: RebuildOptions): Promise<Work> => {
  const { concurrency = 8, onProgress, config } = options
  // Votes from here on belong to the next build, which counts from this time.
  const startedAtMs = (options.now ?? Date.now)()
  const found = await prepareTrainingSet({
    ...options,
    concurrency,
    onProgress: (done, total) => onProgress?.({ stage: 'embed', done, total }),
  })
  const data = settleLibrary(found, options.encoder, fitOptions(config))
  if (data.exemplars.length === 0) {
    throw noExemplars(options.trainingDir, data.leftOut)
  }
  const parent = await readParent(options.indexDir)
  const draft = toDraft(options, data, { parent, createdAtMs: startedAtMs })
  const learnable = await gatherLearnable(options)
  const outcomes = learnable && outcomesDigest(learnable)
  const digest = buildDigest({ draft, data, config, outcomes })
  const { promote = 'auto', author = 'cli', trigger = 'command' } = options
  return {
    ...options,
    promote,
    author,
    trigger,
    startedAtMs,
    data,
    parent,
    draft,
    learnable,
    digest,
  }
}

export interface Known {
  manifest: Manifest
  outcome: RebuildReport['outcome']
  reason: string
  gate: GateReport | null
}

/** The newest generation on disk with the same digest, and its report. */
const findTwin = async ({ indexDir, digest }: Work) => {
  for (const number of (await listGenerations(indexDir)).reverse()) {
    const report = await readReport(indexDir, number)
    if (report?.digest === digest) return report
  }
  return null
}

/**
 * An existing generation that makes this build unnecessary. For a requested rebuild: one that the gate refused against the serving
 * generation, or the running canary. For an automatic one: any, even one that was rolled back.
 */
export const findKnown = async (work: Work): Promise<Known | null> => {
  const { indexDir, parent, trigger, promote, force = false } = work
  if (force || parent === null) return null
  if (isSameBuild(parent.manifest, work)) {
    const reason = 'Exemplars, encoder and settings are those of the generation that serves.'
    return { manifest: parent.manifest, outcome: 'unchanged', reason, gate: null }
  }
  const twin = promote === 'force' ? null : await findTwin(work)
  if (twin === null) return null
  const isAutomatic = trigger === 'schedule' || trigger === 'corrections'
  const isRefused = twin.outcome === 'refused' && twin.parent === parent.number
  const isTried = (await readArms(indexDir)).canary?.generation === twin.generation
  if (!isAutomatic && !isRefused && !isTried) return null
  const manifest = await readManifest(indexDir, twin.generation)
  return { manifest, outcome: twin.outcome, reason: twin.reason, gate: twin.gate }
}
