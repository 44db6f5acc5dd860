// `select: fastest`: the least expected time to the end of the answer, by the power of two choices (Mitzenmacher 2001): two models
// are drawn and the faster is likelier to win, so that requests that come at once do not all rush to the fastest. A small share
// goes to models whose speed is not known, or not any more.
import { before, certain } from './certain.ts'
import type { Candidate, RankedModel, SelectModels } from './select-models.ts'

/** Share of the requests that goes to models whose speed is not known. */
const EXPLORED = 0.04
/** The first calls of a model are made at once: a single one, slowed by its first connection, would tell it wrongly. */
const FIRST_CALLS = 3
/** Only models that take at most so many times the fastest's time are drawn. */
const NEAR = 2
/** The odds of two drawn models are their times' ratio to this power: 10 % slower wins 41 of 100, twice as slow 6. */
const SHARPNESS = 4
/** A conversation stays with its model unless that takes so many times the fastest's time. */
const STAYS_WITHIN = 1.5

export const fastest: SelectModels = ({ candidates, held, random }) => {
  const timed = timesOf(candidates)
  const order = [...timed].sort((a, b) => a.timeMs - b.timeMs)
  const staying = timed.find(({ model }) => model === held?.model)
  const bestMs = order[0]?.timeMs ?? 0
  if (staying && staying.timeMs <= bestMs * STAYS_WITHIN) return certain(before(staying, order))
  const unfound = new Set(
    candidates.filter(({ calls }) => calls < FIRST_CALLS).map(({ model }) => model),
  )
  const chances = unfound.size > 0 ? evenly(timed, unfound) : chancesOf(timed, bestMs)
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
  // A part that is known of no model so far is taken to be as good as the best of the others.
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

/** The probability of each to be first. */
const chancesOf = (timed: readonly Timed[], bestMs: number): RankedModel[] => {
  const near = timed.filter(({ timeMs }) => Number.isFinite(timeMs) && timeMs <= bestMs * NEAR)
  // Where no speed is known, all are to be found out.
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

/** How often it is drawn with another, and wins. */
const winsOf = (one: Timed, near: readonly Timed[]): number => {
  if (near.length === 1) return 1
  const others = near.filter((other) => other !== one)
  const wins = others.reduce((sum, { timeMs }) => sum + odds(timeMs, one.timeMs), 0)
  return (2 * wins) / (near.length * (near.length - 1))
}

/** That `ownMs` wins against `otherMs`. */
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
