// Decides held-out prompts by a generation: outcomes for the gate's checks, and each prompt's nearest exemplar.

import type { Config } from '../../config/config-schema.ts'
import { type BatchDecision, decideBatch } from '../../core/classifier/batch-decisions.ts'
import { isNoneLabel } from '../../core/classifier/evaluate.ts'
import { createBatchRouter } from '../../core/classifier/score-batch.ts'
import { effectiveThresholds } from '../../core/decide/decide-route.ts'
import { NONE_ROUTE } from '../../core/types.ts'
import type { Generation } from '../../vector-index/generation.ts'
import type { HeldOutSet } from '../exemplars/held-out-set.ts'
import { isRightRoute } from '../replay/right-routes.ts'
import type { GateOutcome, GateRow } from './checks/gate-row.ts'

/** A set of prompts and its origin: the operator's file, or voted prompts of callers. */
export interface GateSet {
  kind: 'file' | 'votes'
  set: HeldOutSet
}

export interface HeldOutDecision extends GateOutcome {
  /** Null where the prompt has nothing to classify. */
  nearest: { exemplarId: string; route: string; similarity: number } | null
}

const labelOf = (label: string): string => (isNoneLabel(label) ? NONE_ROUTE : label)

const UNSAID = { isTaken: false, isTopRight: null, confidence: 0, nearest: null }

/** In the operator's file an abstention is wrong where a route fits; a vote may name the default route itself. */
const isRightChoice = (
  kind: GateSet['kind'],
  { taken, label, defaultRoute }: { taken: string | null; label: string; defaultRoute: string },
): boolean => {
  if (kind === 'votes') return isRightRoute(taken ?? defaultRoute, label, defaultRoute)
  return label === NONE_ROUTE ? taken === null : taken === label
}

const decideAll = (
  { set }: GateSet,
  generation: Generation,
  { routes, default_route: defaultRoute, index }: Config,
): BatchDecision[] => {
  const { classifier: model, exemplars, vectors, manifest } = generation
  const options = { model, exemplars, vectors, searchDimensions: manifest.searchDimensions }
  const router = createBatchRouter({ ...options, neighbours: index.neighbours })
  // A vote's text is empty where texts are not stored.
  const texts = set.texts.map((text) => (text === '' ? null : text))
  return decideBatch(router.score({ vectors: set.vectors, texts }), options, {
    thresholds: effectiveThresholds(routes, model.thresholds),
    defaultRoute,
    routes: new Set(Object.keys(routes)),
  })
}

/** One decision for each prompt of the set. */
export const decideHeldOut = (
  gateSet: GateSet,
  generation: Generation,
  config: Config,
): HeldOutDecision[] => {
  const { set, kind } = gateSet
  const { default_route: defaultRoute } = config
  const trained = new Set(generation.classifier.routes)
  return decideAll(gateSet, generation, config).map(({ classification, choice }, row) => {
    const label = labelOf(set.labels[row] as string)
    const isSaid = set.hasSignal[row] === true
    const isTaken = isSaid && choice.reason === 'matched'
    const taken = isTaken ? choice.route : null
    const isRight = isRightChoice(kind, { taken, label, defaultRoute })
    if (!isSaid) return { ...UNSAID, isRight }
    const top = classification.scores[0]?.route ?? null
    const isKnown = label === NONE_ROUTE || trained.has(label)
    return {
      isRight,
      isTaken,
      isTopRight: isKnown ? top === label : null,
      confidence: classification.confidence,
      nearest: classification.neighbours[0] ?? null,
    }
  })
}

/** The same prompts decided by both generations. Callers' texts are left out, because summaries are logged. */
export const gateRows = (
  { set, kind }: GateSet,
  serving: readonly GateOutcome[],
  candidate: readonly GateOutcome[],
): GateRow[] =>
  set.labels.map((label, row) => ({
    set: kind,
    label: labelOf(label),
    text: kind === 'file' ? (set.texts[row] ?? null) : null,
    serving: serving[row] as GateOutcome,
    candidate: candidate[row] as GateOutcome,
  }))
