// Training data + feedback → the next generation, judged by the gate and promoted if it passes. Used by `signalbox rebuild`, the API,
// the scheduler and the first start. One at a time under the build lock; if anything fails, the serving generation stays.

import { CLASSIFIER_VERSION } from '../../core/classifier/classifier.ts'
import { RouterError } from '../../errors.ts'
import { acquireBuildLock } from '../../vector-index/build-lock.ts'
import {
  currentGeneration,
  removeGeneration,
  sweepOrphans,
} from '../../vector-index/generation-store.ts'
import { GATE_STEPS, holdGate } from '../gate/gate.ts'
import { requireReason } from '../generations/make-current.ts'
import { retainGenerations } from '../generations/retain-generations.ts'
import { routeAims } from '../outcomes/route-aims.ts'
import type { GateReport } from '../reports/gate-report.ts'
import { type BuiltGeneration, buildGeneration } from './build-generation.ts'
import { fitOptions, stepFromParent } from './fit-options.ts'
import { carryOut, unlessOvertaken, verdictOf } from './judge-build.ts'
import {
  keepReport,
  promoted,
  quarantinedOf,
  queuedOf,
  type RebuildReport,
} from './rebuild-report.ts'
import {
  findKnown,
  type Known,
  prepareWork,
  type RebuildOptions,
  type Work,
} from './rebuild-work.ts'

export type {
  PromotedFeedback,
  RebuildProgress,
  RebuildReport,
  RebuildStage,
} from './rebuild-report.ts'
export type { RebuildOptions } from './rebuild-work.ts'

const build = (work: Work): Promise<BuiltGeneration> => {
  const { config, indexDir, onProgress, data, draft } = work
  const thresholds = Object.entries(config.routes).map(([r, { threshold }]) => [r, { threshold }])
  return buildGeneration(
    {
      indexDir,
      draft,
      texts: data.texts,
      beside: data.beside,
      fit: {
        ...fitOptions(config),
        stepFrom: stepFromParent(work.parent?.manifest ?? null, config),
      },
      heldOut: data.heldOut,
      routes: Object.fromEntries(thresholds),
      neighbours: config.index.neighbours,
      learnable: work.learnable,
      aims: routeAims(config),
    },
    onProgress,
  )
}

/** Generations by another encoder or classifier version cannot be compared. */
const isComparable = ({ parent, draft }: Work): boolean =>
  parent !== null &&
  parent.manifest.encoderId === draft.encoderId &&
  parent.manifest.classifier.version === CLASSIFIER_VERSION

const judge = async (work: Work, candidate: number): Promise<GateReport | null> => {
  const { config, indexDir, data, databaseFile = null, onProgress } = work
  if (!config.training.gate.enabled || work.parent === null || !isComparable(work)) return null
  const input = {
    indexDir,
    candidate,
    serving: work.parent.number,
    heldOut: data.heldOut,
    feedbackHeldOut: data.feedbackHeldOut,
    databaseFile,
    config,
  }
  const tellStep = (done: number) => onProgress?.({ stage: 'gate', done, total: GATE_STEPS })
  tellStep(0)
  return (work.gate ?? holdGate)(input, tellStep)
}

/** Refuses a build with a prompt that was deleted meanwhile. */
const refuseForgotten = async (work: Work, before: ReadonlySet<string>): Promise<void> => {
  const now = new Set((await work.retention?.listForgottenExemplars()) ?? [])
  if (work.draft.exemplars.some(({ id }) => now.has(id) && !before.has(id))) {
    throw new RouterError(
      'internal',
      'A prompt of this build was deleted meanwhile; rebuild once more.',
      { isRetryable: true },
    )
  }
}

/** Judges a new generation by the gate; removes it where that fails with an error. */
const judgeOrRemove = async (
  work: Work,
  candidate: number,
  forgotten: ReadonlySet<string>,
): Promise<GateReport | null> => {
  try {
    const gate = await judge(work, candidate)
    await refuseForgotten(work, forgotten)
    return gate
  } catch (error) {
    await removeGeneration(work.indexDir, candidate)
    throw error
  }
}

/** Builds, judges, and carries out the verdict. */
const buildAndJudge = async (work: Work, forgotten: ReadonlySet<string>): Promise<Known> => {
  const { indexDir, config, promote, reason: statedReason, author, trigger, now = Date.now } = work
  const { training } = config
  const parent = work.parent?.number ?? null
  const { manifest, routing } = await build(work)
  const { generation } = manifest
  const gate = await judgeOrRemove(work, generation, forgotten)
  const wanted = verdictOf({ gate, parent, promote, statedReason: statedReason ?? '', training })
  const verdict = await unlessOvertaken(indexDir, wanted, parent)
  await keepReport(indexDir, { ...work, manifest, verdict, gate, routing })
  const canaryShare = training.canary.share
  const nowMs = now()
  await carryOut(indexDir, { generation, parent, verdict, trigger, author, canaryShare, nowMs })
  const { outcome, reason } = verdict
  return { manifest, outcome, reason, gate }
}

/** Forgotten exemplars, without those that other callers' votes have added again since. */
const stillForgotten = async (work: Work): Promise<Set<string>> => {
  const forgotten = new Set((await work.retention?.listForgottenExemplars()) ?? [])
  for (const { id } of work.draft.exemplars) forgotten.delete(id)
  return forgotten
}

const reportOf = (
  { data }: Work,
  { manifest, outcome, reason, gate }: Known,
): Omit<RebuildReport, 'current' | 'unchanged' | 'removed' | 'holdsForgotten' | 'durationMs'> => ({
  generation: manifest.generation,
  parent: manifest.parentGeneration,
  outcome,
  reason,
  gate,
  exemplars: manifest.exemplarCount,
  routes: manifest.routes,
  fromFeedback: { accepted: promoted(data), rejected: data.rejected },
  confirmed: data.confirmed,
  queued: queuedOf(data),
  quarantined: quarantinedOf(data),
  recallAt10: manifest.recallAt10,
  search: manifest.search,
  heldOut: manifest.heldOut,
  outcomes: manifest.outcomes ?? null,
  leftOut: data.leftOut,
  library: data.library,
  embedded: data.embedded,
  reused: data.reused,
})

const rebuildLocked = async (
  options: RebuildOptions,
): Promise<Omit<RebuildReport, 'durationMs'>> => {
  const { indexDir, config, retention = null, now = Date.now } = options
  await sweepOrphans(indexDir)
  const forgotten = new Set((await retention?.listForgottenExemplars()) ?? [])
  const referenced = (await retention?.listReferencedGenerations()) ?? []
  const work = await prepareWork(options)
  const known = await findKnown(work)
  const built = known ?? (await buildAndJudge(work, forgotten))
  const { removed, isInCurrent } = await retainGenerations(indexDir, {
    index: config.index,
    referenced,
    forgotten: await stillForgotten(work),
    fresh: known === null ? built.manifest.generation : null,
    nowMs: now(),
  })
  return {
    ...reportOf(work, built),
    current: await currentGeneration(indexDir),
    unchanged: known !== null,
    removed,
    holdsForgotten: isInCurrent,
  }
}

/**
 * Builds the next generation from training data and effective feedback, judges it against the current one, and makes it current if
 * it passes; a running server swaps to it. A refused one stays on disk with its report.
 * @throws RouterError `build_in_progress`, `invalid_exemplar`, `invalid_request` where `promote: 'force'` has no reason,
 *   `store_unavailable`, the encoder's, `index_invalid`, or `internal` where a generation could not be written. Nothing is changed
 *   then.
 */
export const rebuild = async (options: RebuildOptions): Promise<RebuildReport> => {
  const startedAt = performance.now()
  if (options.promote === 'force') requireReason(options.reason)
  const lock = await acquireBuildLock(options.indexDir)
  try {
    const report = await rebuildLocked(options)
    return { ...report, durationMs: Math.round(performance.now() - startedAt) }
  } finally {
    await lock.release()
  }
}
