// The speed of one target: decayed means of the time to the first token and of tokens per second. Calls under way count as well, so that
// a target that has become slow is noticed before it answers.
import {
  type Decay,
  type DecayedMean,
  NOTHING_SEEN,
  weightAt,
  withValue,
} from '../../core/statistics/decayed-mean.ts'

export interface TargetSpeed {
  /** Records the start of a call. */
  begin(): TimedCall
  view(): SpeedView
}

export interface TimedCall {
  /** Records the first content of a stream. */
  first(): void
  /** Records the end of the answer. @param tokens null where unknown */
  last(tokens: number | null): void
  /** Records a call without an answer, which would have taken at least as long. */
  abandon(): void
}

export interface SpeedView {
  /** Null where unknown. */
  firstTokenMs: number | null
  tokensPerSecond: number | null
  /** How often it was called so far. */
  calls: number
  /** How long the oldest call under way has waited for its first content; 0 where none waits. */
  pendingMs: number
  /** True where the last call was so long ago that the speed may have changed. */
  isStale: boolean
}

/** The last three answers outweigh all earlier ones; weights halve in half a minute. */
const DECAY: Decay = { retention: 0.6, halfLifeMs: 30_000 }
/** Least weight of a fresh speed. */
const FRESH_WEIGHT = 1
/** Shorter answers are not used for the rate. */
const LEAST_TOKENS = 8
const MOST_TOKENS_PER_SECOND = 10_000

export const createTargetSpeed = (monotonicMs: () => number): TargetSpeed => {
  const known: Known = { first: NOTHING_SEEN, rate: NOTHING_SEEN }
  /** When the calls that wait for their first content began. */
  const waiting = new Set<{ sinceMs: number }>()
  let calls = 0
  const view = (): SpeedView => {
    const nowMs = monotonicMs()
    const seen = Math.max(...[known.first, known.rate].map((mean) => weightAt(mean, nowMs, DECAY)))
    const [oldest] = waiting
    return {
      firstTokenMs: expOf(known.first),
      tokensPerSecond: expOf(known.rate),
      calls,
      pendingMs: oldest ? nowMs - oldest.sinceMs : 0,
      isStale: seen < FRESH_WEIGHT,
    }
  }
  const begin = (): TimedCall => {
    calls++
    return timedCall({ known, waiting, monotonicMs })
  }
  return { view, begin }
}

/** Means of logarithms, so that outliers in both directions count the same. */
interface Known {
  first: DecayedMean
  rate: DecayedMean
}

interface Timing {
  known: Known
  waiting: Set<{ sinceMs: number }>
  monotonicMs: () => number
}

const expOf = ({ mean, weight }: DecayedMean): number | null =>
  weight === 0 ? null : Math.exp(mean)

const timedCall = ({ known, waiting, monotonicMs }: Timing): TimedCall => {
  const call = { sinceMs: monotonicMs() }
  waiting.add(call)
  let firstMs: number | null = null
  const learn = (what: keyof Known, value: number): void => {
    const at = { nowMs: monotonicMs(), decay: DECAY }
    known[what] = withValue(known[what], Math.log(value), at)
  }
  const elapsed = (): number => Math.max(1, monotonicMs() - call.sinceMs)
  return {
    first: () => {
      waiting.delete(call)
      firstMs = elapsed()
      learn('first', firstMs)
    },
    last: (tokens) => {
      waiting.delete(call)
      const totalMs = elapsed()
      if (tokens === null || tokens < LEAST_TOKENS) {
        if (firstMs === null) learn('first', totalMs)
        return
      }
      // For an answer without streaming only the total time is known; the expected time to the first token is subtracted.
      const beforeMs = firstMs ?? expOf(known.first) ?? 0
      const writingMs = Math.max(1, totalMs / 10, totalMs - beforeMs)
      learn('rate', Math.min(MOST_TOKENS_PER_SECOND, (tokens / writingMs) * 1_000))
    },
    abandon: () => {
      if (!waiting.delete(call)) return
      const waitedMs = elapsed()
      if (waitedMs > (expOf(known.first) ?? Number.POSITIVE_INFINITY)) learn('first', waitedMs)
    },
  }
}
