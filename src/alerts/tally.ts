// Counters of the request path for the alert rules: a few additions per decision and completion, nothing of the prompt.
import {
  type AlertTotals,
  addToBins,
  emptyBins,
  emptyTotals,
} from '../core/alerting/alert-sample.ts'
import {
  createQualityWatch,
  type QualityAlarm,
  type QualityWatch,
} from '../core/alerting/quality-watch.ts'
import { readShape, type ShapeRow } from '../core/alerting/traffic-shape.ts'
import type { Completion, Decision } from '../core/types.ts'

export interface AlertTally {
  onDecision(decision: Decision): void
  onCompletion(decision: Decision, completion: Completion): void
  totals(): AlertTotals
  latency(): number[]
  firstToken(): number[]
  quality(): QualityAlarm[]
}

export interface TallyOptions {
  baseline: () => 'held_out' | 'traffic'
  /** The serving generation, null while there is none. */
  generation: () => {
    number: number
    manifest: { heldOut?: Readonly<Record<string, number>> | null }
  } | null
}

const CLASSIFIED = new Set([
  'matched',
  'below_threshold',
  'none_of_the_above',
  'unconfigured_route',
])

/** Null where the turn was not classified by itself, or not by the serving generation. */
export const shapeRowOf = (decision: Decision): ShapeRow | null => {
  const { classification, inherited, reason, arm } = decision
  if (classification === null || inherited !== null || arm === 'canary') return null
  if (!CLASSIFIED.has(reason)) return null
  const { scores, confidence, novelty, noveltyLimit, neighbours } = classification
  return {
    top: scores[0]?.route ?? null,
    confidence,
    isAbstained: reason === 'below_threshold' || reason === 'none_of_the_above',
    isNovel: novelty > noveltyLimit,
    position: {
      scores: Object.fromEntries(scores.map(({ route, score }) => [route, score])),
      similarities: neighbours.map(({ similarity }) => similarity),
      chars: decision.routingText.text.length,
    },
  }
}

/** The watch of the serving generation; a new generation gets a new one. */
const createWatches = ({ baseline, generation }: TallyOptions) => {
  let watch: QualityWatch | null = null
  let key = ''
  return () => {
    const serving = generation()
    const wanted = `${serving?.number} ${baseline()}`
    if (watch === null || key !== wanted) {
      const shape = baseline() === 'held_out' ? readShape(serving?.manifest.heldOut ?? null) : null
      watch = createQualityWatch(shape)
      key = wanted
    }
    return watch
  }
}

const countCompletion = (
  totals: AlertTotals,
  decision: Decision,
  { outcome, model, costUsd, cache }: Completion,
): void => {
  if (outcome === 'client_closed') return
  totals.answers += 1
  if (outcome !== 'served') {
    totals.failed += 1
    return
  }
  totals.served += 1
  if (cache) return
  if (model !== decision.model) totals.fallbacks += 1
  if (costUsd === null) totals.unpriced += 1
  else totals.costUsd += costUsd
}

export const createAlertTally = (options: TallyOptions): AlertTally => {
  const totals = emptyTotals()
  const latency = emptyBins()
  const firstToken = emptyBins()
  const watch = createWatches(options)
  return {
    onDecision: (decision) => {
      totals.decisions += 1
      if (decision.reason === 'degraded') totals.degraded += 1
      const row = shapeRowOf(decision)
      if (row !== null) watch().add(row)
    },
    onCompletion: (decision, completion) => {
      countCompletion(totals, decision, completion)
      if (completion.cache || completion.firstTokenMs === null) return
      addToBins(latency, completion.totalMs)
      addToBins(firstToken, completion.firstTokenMs)
    },
    totals: () => ({ ...totals }),
    latency: () => [...latency],
    firstToken: () => [...firstToken],
    quality: () => watch().alarms(),
  }
}
