// Per route, the least confidence at which its prompts may be answered: split-conformal control of the wrong-route rate.
import type { ThresholdBasis } from './classifier.ts'
import { allowedErrors, type RiskLevel, type RiskThreshold, riskThreshold } from './conformal.ts'

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
  level: RiskLevel
}

export interface Thresholds {
  thresholds: Record<string, number>
  basis: Record<string, ThresholdBasis>
}

/** Confidence is a probability; where nothing keeps the bound, nothing is answered but the certain. */
const asConfidence = ({ threshold }: RiskThreshold): number => Math.min(1, threshold)

const over = (judged: readonly Judged[], level: RiskLevel): RiskThreshold =>
  riskThreshold(
    judged.map(({ confidence }) => confidence),
    judged.map(({ isRight }) => isRight),
    level,
  )

/**
 * Of the prompts that look like a route's, at most `level.risk` are answered by it and belong elsewhere, with probability
 * 1 − delta over the exemplars (they must stand for the traffic). A route with too few unseen exemplars to show that takes
 * the threshold of all together; where these are too few as well, it takes any confidence, and its basis says so.
 */
export const fitThresholds = (judged: readonly Judged[], options: ThresholdOptions): Thresholds => {
  const { routes, none, level } = options
  const answered = judged.filter(({ top }) => top !== none)
  const isEnough = (n: number): boolean => allowedErrors(n, level) >= 1
  const all = over(answered, level)
  const thresholds: Thresholds['thresholds'] = {}
  const basis: Thresholds['basis'] = {}
  routes.forEach((route, position) => {
    if (position === none) return
    const own = answered.filter(({ top }) => top === position)
    if (isEnough(own.length)) {
      const found = over(own, level)
      thresholds[route] = asConfidence(found)
      basis[route] = { basis: 'route', rows: found.rows, errors: found.errors }
    } else if (isEnough(answered.length)) {
      thresholds[route] = asConfidence(all)
      basis[route] = { basis: 'all_routes', rows: all.rows, errors: all.errors }
    } else {
      thresholds[route] = 0
      basis[route] = { basis: 'too_few', rows: answered.length, errors: 0 }
    }
  })
  return { thresholds, basis }
}
