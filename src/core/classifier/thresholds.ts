// Per route, the least confidence at which its prompts are answered: where a wrong route costs more than turning the prompt away,
// and, where a bound is asked for, split-conformal control of the wrong-route rate.
import type { ThresholdBasis } from './classifier.ts'
import { allowedErrors, type RiskLevel, riskThreshold } from './conformal.ts'
import { type ThresholdStep, withinStep } from './threshold-step.ts'

/** An exemplar as an unseen prompt: the route it would get, how sure, and whether that is right. */
export interface Judged {
  /** Position of the best route. */
  top: number
  confidence: number
  isRight: boolean
}

export interface ThresholdOptions {
  routes: readonly string[]
  /** Position of `none`, or −1: it is never answered, so it has no threshold. */
  none: number
  /** A risk of 1 asks for no bound. */
  level: RiskLevel
  /** What turning a prompt away costs where a wrong route costs 1. */
  abstentionCost: number
  /** Absent where there was no generation before, or one that was asked for something else. */
  stepFrom?: ThresholdStep | undefined
}

export interface Thresholds {
  thresholds: Record<string, number>
  basis: Record<string, ThresholdBasis>
}

/** Fewer unseen exemplars show nothing of how far confidence can be trusted. */
const LEAST_ROWS = 15

interface Bound {
  basis: ThresholdBasis['basis']
  threshold: number
}

/** The least confidence that keeps the bound; where nothing keeps it, nothing is answered but the certain. */
const boundOf = (judged: readonly Judged[], level: RiskLevel): number | null => {
  if (allowedErrors(judged.length, level) < 1) return null
  const { threshold } = riskThreshold(
    judged.map(({ confidence }) => confidence),
    judged.map(({ isRight }) => isRight),
    level,
  )
  return Math.min(1, threshold)
}

const boundFor = (own: readonly Judged[], all: readonly Judged[], level: RiskLevel): Bound => {
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
  rows: readonly Judged[],
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
 * Confidence is the probability that the route is right, so a prompt is answered where 1 − confidence costs less than turning it
 * away does: from 1 − `abstentionCost` on. A bound may ask for more: of the prompts that look like a route's, at most
 * `level.risk` are answered by it and belong elsewhere, with probability 1 − delta over the exemplars. A route with too few
 * unseen exemplars to show that takes the bound of all together. Where there are too few to know what confidence is worth, any
 * is taken, and the basis says so. From one generation to the next a threshold moves by a step at most, unless unseen exemplars say
 * otherwise.
 */
export const fitThresholds = (judged: readonly Judged[], options: ThresholdOptions): Thresholds => {
  const { routes, none, level, abstentionCost } = options
  const answered = judged.filter(({ top }) => top !== none)
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
