// `select: fastest`: the least expected time to the end of the answer, by the power of two choices (Mitzenmacher 2001): two models
// are drawn and the faster is more likely to win, so that simultaneous requests do not all go to the fastest. A small share of the
// requests explores models whose speed is unknown or outdated.
import { before, certain } from './certain.ts'
import type { Candidate, RankedModel, SelectModels } from './select-models.ts'

/** Share of the requests that explores models of unknown speed. */
const EXPLORED = 0.04
/** Models with fewer calls are explored first: a single call, slowed by opening its connection, would misjudge them. */
const FIRST_CALLS = 3
/** Only models that take at most this multiple of the fastest's time are drawn. */
const NEAR = 2
/** Odds of two drawn models: the ratio of their times to this power. A model 10 % slower wins 41 of 100, one twice as slow 6. */
const SHARPNESS = 4
/** A conversation stays with its model while that takes at most this multiple of the fastest's time. */
const STAYS_WITHIN = 1.5

export const fastest: SelectModels = ({ candidates, held, random }) => {
  const timed = timesOf(candidates)
  const order = [...timed].sort((a, b) => a.timeMs - b.timeMs)
  const staying = timed.find(({ model }) => model === held?.model)
  const bestMs = order[0]?.timeMs ?? 0
  if (staying && staying.timeMs <= bestMs * STAYS_WITHIN) return certain(before(staying, order))
  const unexplored = new Set(
    candidates.filter(({ calls }) => calls < FIRST_CALLS).map(({ model }) => model),
  )
  const chances = unexplored.size > 0 ? evenly(timed, unexplored) : chancesOf(timed, bestMs)
  const wanted = drawn(chances, random())
  const byModel = new Map(chances.map(({ model, propensity }) => [model, propensity]))
  const models = order.map(({ model }) => ({ model }))
  return before({ model: wanted }, models).map(({ model }) => ({
    model,
    propensity: byModel.get(model) ?? 0,
  }))
}

interface Timed {
  model: string
  /** Expected; infinite where nothing is known. */
  timeMs: number
  isStale: boolean
}

const timesOf = (candidates: readonly Candidate[]): Timed[] => {
  // An unknown part of the time is assumed to be the best known one of the others.
  const firsts = known(candidates.map(({ firstTokenMs }) => firstTokenMs))
  const rates = known(candidates.map(({ tokensPerSecond }) => tokensPerSecond))
  const first = firsts.length > 0 ? Math.min(...firsts) : 0
  const rate = rates.length > 0 ? Math.max(...rates) : Number.POSITIVE_INFINITY
  return candidates.map(({ model, isStale, firstTokenMs, tokensPerSecond, ...rest }) => {
    const isKnown = firstTokenMs !== null || tokensPerSecond !== null
    const writingMs = (rest.completionTokens / (tokensPerSecond ?? rate)) * 1_000
    const timeMs = Math.max(rest.pendingMs, (firstTokenMs ?? first) + writingMs)
    return { model, isStale, timeMs: isKnown ? timeMs : Number.POSITIVE_INFINITY }
  })
}

const known = (values: readonly (number | null)[]): number[] =>
  values.filter((value) => value !== null)

/** The probability of each model to be ranked first. */
const chancesOf = (timed: readonly Timed[], bestMs: number): RankedModel[] => {
  const near = timed.filter(({ timeMs }) => Number.isFinite(timeMs) && timeMs <= bestMs * NEAR)
  // Where no speed is known, all models are explored.
  const explored = near.length === 0 ? timed : timed.filter((one) => mayHaveChanged(one, near))
  const share = near.length === 0 ? 1 : explored.length === 0 ? 0 : EXPLORED
  return timed.map((one) => {
    const ofTwo = near.includes(one) ? winsOf(one, near) : 0
    const ofExplored = explored.includes(one) ? 1 / explored.length : 0
    return { model: one.model, propensity: (1 - share) * ofTwo + share * ofExplored }
  })
}

const evenly = (timed: readonly Timed[], among: ReadonlySet<string>): RankedModel[] =>
  timed.map(({ model }) => ({ model, propensity: among.has(model) ? 1 / among.size : 0 }))

const mayHaveChanged = (one: Timed, near: readonly Timed[]): boolean =>
  !near.includes(one) && (one.isStale || !Number.isFinite(one.timeMs))

/** Probability that it is drawn and wins. */
const winsOf = (one: Timed, near: readonly Timed[]): number => {
  if (near.length === 1) return 1
  const others = near.filter((other) => other !== one)
  const wins = others.reduce((sum, { timeMs }) => sum + odds(timeMs, one.timeMs), 0)
  return (2 * wins) / (near.length * (near.length - 1))
}

/** Probability that `ownMs` wins against `otherMs`. */
const odds = (otherMs: number, ownMs: number): number =>
  ownMs <= 0 && otherMs <= 0 ? 0.5 : 1 / (1 + (ownMs / otherMs) ** SHARPNESS)

const drawn = (chances: readonly RankedModel[], at: number): string => {
  let left = at
  for (const { model, propensity } of chances) {
    if (left < propensity) return model
    left -= propensity
  }
  return chances.findLast(({ propensity }) => propensity > 0)?.model ?? ''
}
