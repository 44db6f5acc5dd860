// An exponentially decaying mean: old values count less with every new one, and with time. Plain values; the clock is an argument.

export interface DecayedMean {
  mean: number
  /** Effective number of values at `atMs`. */
  weight: number
  atMs: number
}

export interface Decay {
  /** Factor of the weight of earlier values when a new one comes; below 1. */
  retention: number
  /** Time in which the weight halves; left out: never. */
  halfLifeMs?: number
}

export const NOTHING_SEEN: DecayedMean = { mean: 0, weight: 0, atMs: 0 }

/** Effective number of values now. */
export const weightAt = ({ weight, atMs }: DecayedMean, nowMs: number, decay: Decay): number =>
  decay.halfLifeMs === undefined
    ? weight
    : weight * 2 ** (-Math.max(0, nowMs - atMs) / decay.halfLifeMs)

export const withValue = (
  seen: DecayedMean,
  value: number,
  { nowMs, decay }: { nowMs: number; decay: Decay },
): DecayedMean => {
  const before = weightAt(seen, nowMs, decay) * decay.retention
  const weight = before + 1
  return { mean: (seen.mean * before + value) / weight, weight, atMs: nowMs }
}

/** The mean shrunk towards `prior`, which has the weight of `strength` values. */
export const shrunk = (
  { mean, weight }: DecayedMean,
  { prior, strength }: { prior: number; strength: number },
): number => (mean * weight + prior * strength) / (weight + strength)
