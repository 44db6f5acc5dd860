// Corrections of the outcome model since it was fitted, per route and model: how much better or worse answers were than estimated,
// and the ratio of actual to expected cost; also each route's spending today. In memory; rebuilt after a start from the votes in the
// store.

import { type PriceLadder, stepForCost } from '../core/outcomes/price-ladder.ts'
import type { ServedOutcome } from '../core/records/model-outcome.ts'
import {
  allowanceOf,
  NOTHING_SPENT,
  onDay,
  type PaceState,
  withCost,
  withRequest,
} from '../core/select/pacer.ts'
import type { Estimate } from '../core/select/select-models.ts'
import type { Selection } from '../core/select/selection.ts'
import {
  type Decay,
  type DecayedMean,
  NOTHING_SEEN,
  shrunk,
  weightAt,
  withValue,
} from '../core/statistics/decayed-mean.ts'

export type Correction = Pick<Estimate, 'shift' | 'costFactor'>

export interface OutcomeMemory {
  correction(route: string, model: string): Correction
  /** Price of quality at which the daily budget lasts for the day. */
  priceOfDay(route: string, usdPerDay: number, ladder: PriceLadder): number
  /** Records the start of a request. @returns the callback for its end */
  begin(
    chosen: Chosen,
  ): (end: { model: string; costUsd: number | null; isRefused: boolean }) => void
  /** Takes votes on answers, oldest first. */
  learn(outcomes: readonly ServedOutcome[]): void
  /** Sets what a route has already spent today. */
  spent(route: string, today: { usd: number; requests: number }): void
}

export interface Chosen {
  route: string
  model: string
  selection: Selection
}

/** Half of the weight is on the last 70 answers; without new ones it decays within days, so that a model is tried again. */
const DECAY: Decay = { retention: 0.99, halfLifeMs: 3 * 86_400_000 }
/** Weight of the prior (no correction), in answers. */
const STRENGTH = 10

export const estimateIn = (
  { candidates }: Pick<Selection, 'candidates'>,
  model: string,
): Estimate | undefined => candidates.find((candidate) => candidate.model === model)?.estimate

/** Log of actual cost / fitted cost; null where one of them is unknown. */
const costAgainstFitted = (
  estimate: Estimate | undefined,
  costUsd: number | null,
): number | null => {
  if (!estimate || costUsd === null) return null
  const isKnown = costUsd > 0 && estimate.costUsd > 0
  return isKnown ? Math.log(costUsd / (estimate.costUsd / estimate.costFactor)) : null
}

interface Seen {
  note(route: string, model: string, value: number): void
  /** The mean, shrunk towards 0 while there are few values. */
  drawn(route: string, model: string): number
}

/** Decaying means by route and model. */
const createSeen = (now: () => number): Seen => {
  const means = new Map<string, DecayedMean>()
  const keyOf = (route: string, model: string): string => JSON.stringify([route, model])
  return {
    note: (route, model, value) => {
      const key = keyOf(route, model)
      const mean = means.get(key) ?? NOTHING_SEEN
      means.set(key, withValue(mean, value, { nowMs: now(), decay: DECAY }))
    },
    drawn: (route, model) => {
      const mean = means.get(keyOf(route, model)) ?? NOTHING_SEEN
      return shrunk(faded(mean, now()), { prior: 0, strength: STRENGTH })
    },
  }
}

export const createOutcomeMemory = ({ now }: { now: () => number }): OutcomeMemory => {
  const residuals = createSeen(now)
  const costs = createSeen(now)
  const paces = new Map<string, PaceState>()
  const paceOf = (route: string): PaceState => onDay(paces.get(route) ?? NOTHING_SPENT, now())
  const learnScore = (route: string, model: string, { selection, score }: Scored): void => {
    const estimate = selection && estimateIn(selection, model)
    if (estimate) residuals.note(route, model, score - (estimate.quality - estimate.shift))
  }
  return {
    correction: (route, model) => ({
      shift: residuals.drawn(route, model),
      costFactor: Math.exp(costs.drawn(route, model)),
    }),
    priceOfDay: (route, usdPerDay, ladder) =>
      stepForCost(ladder, allowanceOf(paceOf(route), usdPerDay, now())).price,
    begin: ({ route, model, selection }) => {
      const expectedUsd = estimateIn(selection, model)?.costUsd ?? 0
      paces.set(route, withRequest(paceOf(route), expectedUsd, now()))
      return (end) => {
        const costUsd = end.costUsd ?? expectedUsd
        paces.set(route, withCost(paceOf(route), { expectedUsd, costUsd, nowMs: now() }))
        const against = costAgainstFitted(estimateIn(selection, end.model), end.costUsd)
        if (against !== null) costs.note(route, end.model, against)
        if (end.isRefused) learnScore(route, end.model, { selection, score: 0 })
      }
    },
    learn: (outcomes) => {
      for (const { route, model, selection, score } of outcomes) {
        if (score !== null) learnScore(route, model, { selection, score })
      }
    },
    spent: (route, { usd, requests }) => {
      const pace = paceOf(route)
      paces.set(route, { ...pace, today: { ...pace.today, usd, requests } })
    },
  }
}

interface Scored {
  selection: Selection | null
  score: number
}

const faded = (seen: DecayedMean, nowMs: number): DecayedMean => ({
  ...seen,
  weight: weightAt(seen, nowMs, DECAY),
})
