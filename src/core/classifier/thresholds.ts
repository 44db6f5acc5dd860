// Per route, the least confidence at which it is taken: from the cost of abstaining and, where a bound on the wrong-route rate is
// configured, by split-conformal risk control.
import type { ThresholdBasis } from './classifier.ts'
import { allowedErrors, type RiskLevel, riskThreshold } from './conformal.ts'
import { type ThresholdStep, withinStep } from './threshold-step.ts'

/** The out-of-fold prediction of one exemplar. */
export interface FoldPrediction {
  /** Position of the best route. */
  top: number
  confidence: number
  isRight: boolean
}

export interface ThresholdOptions {
  routes: readonly string[]
  /** Position of `none`, or −1: it is never taken, so it has no threshold. */
  none: number
  /** A risk of 1 means no bound. */
  level: RiskLevel
  /** Cost of abstaining relative to a wrong route, which costs 1. */
  abstentionCost: number
  /** Absent where there is no previous generation, or it was fitted with other options. */
  stepFrom?: ThresholdStep | undefined
}

export interface Thresholds {
  thresholds: Record<string, number>
  basis: Record<string, ThresholdBasis>
}

/** With fewer unseen exemplars confidence cannot be verified, and every prompt is answered. */
const LEAST_ROWS = 15

interface Bound {
  basis: ThresholdBasis['basis']
  threshold: number
}

/** The least confidence that keeps the bound, at most 1; null where there are too few rows. */
const boundOf = (predicted: readonly FoldPrediction[], level: RiskLevel): number | null => {
  if (allowedErrors(predicted.length, level) < 1) return null
  const { threshold } = riskThreshold(
    predicted.map(({ confidence }) => confidence),
    predicted.map(({ isRight }) => isRight),
    level,
  )
  return Math.min(1, threshold)
}

const boundFor = (
  own: readonly FoldPrediction[],
  all: readonly FoldPrediction[],
  level: RiskLevel,
): Bound => {
  if (level.risk >= 1) return { basis: 'price', threshold: 0 }
  const ofRoute = boundOf(own, level)
  if (ofRoute !== null) return { basis: 'route', threshold: ofRoute }
  const ofAll = boundOf(all, level)
  return ofAll === null
    ? { basis: 'too_few', threshold: 0 }
    : { basis: 'all_routes', threshold: ofAll }
}

const stepped = (
  wanted: number,
  rows: readonly FoldPrediction[],
  route: string,
  { stepFrom, abstentionCost }: ThresholdOptions,
): number =>
  stepFrom
    ? withinStep(wanted, {
        ...{ rows, abstentionCost, step: stepFrom.step },
        last: stepFrom.before[route],
      })
    : wanted

/**
 * Confidence is the probability that the route is right, so a route is taken where 1 − confidence is less than the cost of
 * abstaining: from 1 − `abstentionCost` on. A risk bound may require more: of the prompts with this best route, at most a share
 * `level.risk` take it and belong elsewhere, with probability 1 − delta over the exemplars. A route with too few unseen exemplars
 * uses the bound over all routes; with too few exemplars in all, every confidence is accepted (basis `too_few`). See
 * threshold-step.ts for the limited step from the previous generation.
 */
export const fitThresholds = (
  predicted: readonly FoldPrediction[],
  options: ThresholdOptions,
): Thresholds => {
  const { routes, none, level, abstentionCost } = options
  const answered = predicted.filter(({ top }) => top !== none)
  const isEnough = answered.length >= LEAST_ROWS
  const price = isEnough ? 1 - abstentionCost : 0
  const thresholds: Thresholds['thresholds'] = {}
  const basis: Thresholds['basis'] = {}
  routes.forEach((route, position) => {
    if (position === none) return
    const own = answered.filter(({ top }) => top === position)
    const bound = boundFor(own, answered, level)
    const rows = bound.basis === 'all_routes' ? answered : own
    const wanted = Math.max(price, bound.threshold)
    const threshold = stepped(wanted, rows, route, options)
    const kept = rows.filter(({ confidence }) => confidence >= threshold)
    const by = !isEnough ? 'too_few' : bound.threshold >= price ? bound.basis : 'price'
    thresholds[route] = threshold
    basis[route] = {
      basis: threshold === wanted ? by : 'step',
      rows: bound.basis === 'all_routes' ? answered.length : own.length,
      errors: kept.filter(({ isRight }) => !isRight).length,
    }
  })
  return { thresholds, basis }
}
