// Do two prompts that mean the same get the same route? Counted over pairs of a prompt and its paraphrase.

import { type Interval, meanInterval } from '../../core/statistics/bootstrap.ts'
import type { Random } from '../../core/statistics/random.ts'

/** The two prompts of a pair that mean the same. */
export interface PairObservation {
  /** The right route where it is known. */
  label: string | null
  a: string | null
  b: string | null
  topA: string | null
  topB: string | null
  knnA: string | null
  knnB: string | null
}

export interface PairReport {
  pairs: number
  /** Share of pairs whose decided routes are the same; two abstentions agree. */
  agreement: number
  interval: Interval | null
  /** The same for the best routes before thresholds, and for the plain ten-nearest vote. */
  topAgreement: number
  knnAgreement: number
  knnInterval: Interval | null
  /** Both routed, and to different routes. */
  contradiction: number
  /** Among pairs with a known route: both decided as it says. Null where there are none. */
  bothRight: number | null
}

const share = <T>(items: readonly T[], test: (item: T) => boolean): number =>
  items.filter(test).length / items.length

/** @returns null without pairs */
export const pairReport = (
  pairs: readonly PairObservation[],
  random: Random,
): PairReport | null => {
  if (pairs.length === 0) return null
  const agree = pairs.map(({ a, b }) => a === b)
  const knnAgree = pairs.map(({ knnA, knnB }) => knnA === knnB)
  const known = pairs.filter(({ label }) => label !== null)
  return {
    pairs: pairs.length,
    agreement: share(agree, Boolean),
    interval: meanInterval(agree, { random }),
    topAgreement: share(pairs, ({ topA, topB }) => topA === topB),
    knnAgreement: share(knnAgree, Boolean),
    knnInterval: meanInterval(knnAgree, { random }),
    contradiction: share(pairs, ({ a, b }) => a !== null && b !== null && a !== b),
    bothRight:
      known.length === 0 ? null : share(known, ({ label, a, b }) => a === label && b === label),
  }
}
