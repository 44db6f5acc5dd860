// How fast one target answers: decayed time to the first token and tokens per second. Calls under way count as well: a target
// that keeps a caller waiting longer than ever is known to be slow before it has answered.
import {
  type Decay,
  type DecayedMean,
  NOTHING_SEEN,
  weightAt,
  withValue,
} from '../../core/statistics/decayed-mean.ts'

export interface TargetSpeed {
  /** Notes a call that is being made. */
  begin(): TimedCall
  view(): SpeedView
}

export interface TimedCall {
  /** The first content of a stream is there. */
  first(): void
  /** The last is there, or the whole answer at once. @param tokens null where they are not known */
  last(tokens: number | null): void
  /** It came to nothing: it would have taken at least as long as it was waited for. */
  abandon(): void
}

export interface SpeedView {
  /** Null where nothing is known. */
  firstTokenMs: number | null
  tokensPerSecond: number | null
  /** How often it was called so far. */
  calls: number
  /** How long the oldest call under way has waited for its first content; 0 where none waits. */
  pendingMs: number
  /** True where nothing was seen for so long that it may have changed. */
  isStale: boolean
}

/** Three answers outweigh all before them, half a minute halves what they count. */
const DECAY: Decay = { retention: 0.6, halfLifeMs: 30_000 }
/** What must be left of what was seen. */
const FRESH_WEIGHT = 1
/** Shorter answers say nothing of the speed of writing. */
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

/** Means of logarithms: a time of ten seconds among times of one says no more than one of 0.1. */
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
      // Of an answer that came at once only its whole time is known: the rest of what its first token is known to take.
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
