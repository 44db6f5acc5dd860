// Limits how far a route's threshold moves from one generation to the next. A threshold chosen on some hundred exemplars jumps with
// a few of them, and each jump changes the route of every prompt in between; so it moves by one step at most, unless the exemplars
// in between show with significance that the whole move is right.
import { binomialLogCdf } from './conformal.ts'

export interface ThresholdStep {
  /** Thresholds of the previous generation, by route. */
  before: Readonly<Record<string, number>>
  /** Largest move without evidence. */
  step: number
}

interface Band {
  /** The unlimited threshold, and the one a step away from the last. */
  wanted: number
  limited: number
  /** Cost of abstaining relative to a wrong route, which costs 1. */
  abstentionCost: number
}

/** Significance level of the binomial test, as a logarithm. */
const SIGNIFICANT = Math.log(0.05)

/**
 * One-sided binomial test on the exemplars between `limited` and `wanted`: for a raised threshold that they are wrong more often,
 * for a lowered one less often, than the cost of abstaining allows.
 */
const isEvident = (
  rows: readonly { confidence: number; isRight: boolean }[],
  { wanted, limited, abstentionCost }: Band,
): boolean => {
  const [low, high] = wanted < limited ? [wanted, limited] : [limited, wanted]
  const between = rows.filter(({ confidence }) => confidence >= low && confidence < high)
  const right = between.filter(({ isRight }) => isRight).length
  // The tail of the binomial distribution on the side that supports the move.
  const [count, share] =
    wanted > limited ? [right, 1 - abstentionCost] : [between.length - right, abstentionCost]
  if (between.length === 0) return false
  if (share >= 1) return true
  return share > 0 && binomialLogCdf(count, between.length, share) <= SIGNIFICANT
}

/** @param rows unseen exemplars that the threshold is for @param last of the same route, undefined where it is new */
export const withinStep = (
  wanted: number,
  {
    last,
    step,
    rows,
    abstentionCost,
  }: {
    last: number | undefined
    step: number
    rows: readonly { confidence: number; isRight: boolean }[]
    abstentionCost: number
  },
): number => {
  if (last === undefined || Math.abs(wanted - last) <= step) return wanted
  const limited = wanted > last ? last + step : last - step
  return isEvident(rows, { wanted, limited, abstentionCost }) ? wanted : limited
}
