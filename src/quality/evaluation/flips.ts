// Does a prompt keep its route when it is rewritten? Routes before and after a rewriting, counted by kind and by route.
// The plain ten-nearest vote is counted beside it, since flipping is that method's known weakness.

import { groupBy } from '../../core/group-by.ts'
import { bootstrapInterval, type Interval } from '../../core/statistics/bootstrap.ts'
import type { Random } from '../../core/statistics/random.ts'

/** One rewriting of one prompt. Routes are those decided: null where none was taken. */
export interface FlipObservation {
  /** Position of the original; its rewritings are drawn together in the bootstrap. */
  row: number
  kind: string
  /** Route that would be right. */
  label: string
  before: string | null
  after: string | null
  knnBefore: string | null
  knnAfter: string | null
}

export interface FlipCount {
  name: string
  /** Rewritings that differ from their original. */
  rows: number
  flipRate: number
  knnFlipRate: number
  /** Flips to a route or from one to another, abstentions not counted. */
  wrongFlipRate: number
}

export interface FlipReport {
  /** Prompts that were rewritten. */
  prompts: number
  rewritings: number
  flipRate: number | null
  /** 95 %, over prompts. */
  interval: Interval | null
  knnFlipRate: number | null
  kinds: FlipCount[]
  /** By the prompt's label, the most flips first. */
  routes: FlipCount[]
}

const isFlip = ({ before, after }: FlipObservation): boolean => before !== after
const isKnnFlip = ({ knnBefore, knnAfter }: FlipObservation): boolean => knnBefore !== knnAfter

const share = <T>(items: readonly T[], test: (item: T) => boolean): number =>
  items.filter(test).length / items.length

const countsBy = (
  observations: readonly FlipObservation[],
  key: (observation: FlipObservation) => string,
): FlipCount[] => {
  return [...groupBy(observations, key)].map(([name, group]) => ({
    name,
    rows: group.length,
    flipRate: share(group, isFlip),
    knnFlipRate: share(group, isKnnFlip),
    wrongFlipRate: share(group, (o) => isFlip(o) && o.after !== null && o.after !== o.label),
  }))
}

const intervalOf = (observations: readonly FlipObservation[], random: Random): Interval | null => {
  const byRow = new Map<number, { flips: number; rows: number }>()
  for (const observation of observations) {
    const { flips, rows } = byRow.get(observation.row) ?? { flips: 0, rows: 0 }
    byRow.set(observation.row, { flips: flips + Number(isFlip(observation)), rows: rows + 1 })
  }
  const prompts = [...byRow.values()]
  const rateOf = (drawn: Int32Array) => {
    let flips = 0
    let rows = 0
    for (const prompt of drawn) {
      flips += prompts[prompt]?.flips ?? 0
      rows += prompts[prompt]?.rows ?? 0
    }
    return flips / rows
  }
  return bootstrapInterval(prompts.length, rateOf, { random })
}

/** Shares are of rewritings, 0 to 1, and null where there was none. */
export const flipReport = (
  observations: readonly FlipObservation[],
  random: Random,
): FlipReport => ({
  prompts: new Set(observations.map(({ row }) => row)).size,
  rewritings: observations.length,
  flipRate: observations.length === 0 ? null : share(observations, isFlip),
  interval: intervalOf(observations, random),
  knnFlipRate: observations.length === 0 ? null : share(observations, isKnnFlip),
  kinds: countsBy(observations, ({ kind }) => kind),
  routes: countsBy(observations, ({ label }) => label).sort(
    (a, b) => b.flipRate - a.flipRate || (a.name < b.name ? -1 : 1),
  ),
})
