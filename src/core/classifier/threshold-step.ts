// How far a route's threshold may move from one generation to the next. A bound that is read off some hundred exemplars jumps
// with a few of them, and every prompt between old and new threshold changes its route for it; so it moves by a step at most,
// unless the exemplars in between show that the rest of the way is right.
import { binomialLogCdf } from './conformal.ts'

export interface ThresholdStep {
  /** Of the generation before. */
  before: Readonly<Record<string, number>>
  /** Most that a threshold moves without evidence. */
  step: number
}

interface Band {
  /** Where the threshold would go, and where a step ends. */
  wanted: number
  limited: number
  /** What turning a prompt away costs where a wrong route costs 1. */
  abstentionCost: number
}

/** Chance below which what the exemplars show is no accident. */
const SIGNIFICANT = Math.log(0.05)

/**
 * Whether the exemplars between step and goal speak for going on: raised, they are wrong more often than answering them is
 * worth, lowered, less often.
 */
const isEvident = (
  rows: readonly { confidence: number; isRight: boolean }[],
  { wanted, limited, abstentionCost }: Band,
): boolean => {
  const [low, high] = wanted < limited ? [wanted, limited] : [limited, wanted]
  const between = rows.filter(({ confidence }) => confidence >= low && confidence < high)
  const right = between.filter(({ isRight }) => isRight).length
  // The chance of so many is summed from the side that speaks for the move.
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
