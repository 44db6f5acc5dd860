// How often a route changes when a prompt is only dressed differently: measured at each rebuild and by `signalbox eval`.
// A flip is a decision unlike the one for the plain text, right or wrong; accuracy is measured elsewhere.
import { PERTURBATIONS } from '../core/perturb/perturb.ts'
import { createRandom, type Random, shuffled } from '../core/statistics/random.ts'
import { NONE_ROUTE } from '../core/types.ts'
import { ADVERSARIAL_SUFFIXES } from '../quality/evaluation/perturb-adversarial.ts'

export interface FlipRate {
  pairs: number
  flips: number
  /** `flips / pairs`; null without pairs. */
  rate: number | null
}

/** A text, one rewriting of it, and the routes of both; `none` where no route was taken. */
export interface FlipPair {
  /** Position of the base text. */
  source: number
  kind: string
  isAdversarial: boolean
  text: string
  from: string
  to: string
}

export interface FlipReport {
  /** Over all built-in perturbations; adversarial suffixes are counted apart. */
  overall: FlipRate
  /** By the base text's route. */
  byRoute: Record<string, FlipRate>
  byKind: Record<string, FlipRate>
  adversarial: {
    overall: FlipRate
    byRoute: Record<string, FlipRate>
    byKind: Record<string, FlipRate>
  }
  /** Every pair that was measured, flipped or not. */
  pairs: FlipPair[]
}

export interface MeasureFlipsInput {
  /** Routing texts, as they were decided. */
  texts: readonly string[]
  /** Route decided for each text; null or `none` where none was taken. */
  routes: readonly (string | null)[]
  /** One row of `result.length / texts.length` numbers for each text. */
  embed: (texts: readonly string[]) => Promise<Float32Array>
  /** Route of a text and its row; null or `none` where none is taken. */
  decide: (text: string, row: Float32Array) => string | null
  seed: number
  /** Texts sampled of each decided route: `perRoute × routes × (12 + 6)` texts are embedded at most. */
  perRoute: number
  /** Perturbations drawn for each text, so that many routes stay affordable; all where absent. */
  kindsPerText?: number
}

const routeKey = (route: string | null): string => route ?? NONE_ROUTE

/** Positions of `perRoute` texts of each route, in the order of the texts. */
const sampleRows = (routes: readonly string[], perRoute: number, random: Random): number[] => {
  const rowsOf = new Map<string, number[]>()
  for (const [row, route] of routes.entries()) {
    const rows = rowsOf.get(route)
    if (rows) rows.push(row)
    else rowsOf.set(route, [row])
  }
  return [...rowsOf.keys()]
    .sort()
    .flatMap((route) => shuffled(rowsOf.get(route) ?? [], random).slice(0, perRoute))
    .sort((a, b) => a - b)
}

/** `count` of the kinds, going round, so that each kind is drawn equally often. */
const createDeal = <T>(kinds: readonly T[], count: number): (() => T[]) => {
  const size = Math.min(Math.max(0, count), kinds.length)
  let next = 0
  return () =>
    Array.from({ length: size }, () => {
      const kind = kinds[next % kinds.length] as T
      next++
      return kind
    })
}

type Draft = Omit<FlipPair, 'to'>

const rewrite = (input: MeasureFlipsInput, routes: readonly string[]): Draft[] => {
  const { texts, seed, perRoute, kindsPerText = PERTURBATIONS.length } = input
  const random = createRandom(seed)
  const names = [...new Set(routes)].filter((route) => route !== NONE_ROUTE).sort()
  const deal = createDeal(PERTURBATIONS, kindsPerText)
  const dealSuffix = createDeal(ADVERSARIAL_SUFFIXES, kindsPerText)
  const drafts: Draft[] = []
  for (const source of sampleRows(routes, perRoute, random)) {
    const base = texts[source] as string
    const add = (kind: string, isAdversarial: boolean, text: string) => {
      // A rewriting that found nothing to take hold of says nothing of stability.
      if (text === base) return
      drafts.push({ source, kind, isAdversarial, text, from: routes[source] as string })
    }
    for (const kind of deal()) add(kind.name, false, kind.apply(base, random))
    for (const kind of dealSuffix()) add(kind.name, true, kind.apply(base, random, names))
  }
  return drafts
}

const rateOf = (pairs: readonly FlipPair[]): FlipRate => {
  const flips = pairs.filter(({ from, to }) => from !== to).length
  return { pairs: pairs.length, flips, rate: pairs.length === 0 ? null : flips / pairs.length }
}

const ratesBy = (pairs: readonly FlipPair[], key: (pair: FlipPair) => string) => {
  const groups = new Map<string, FlipPair[]>()
  for (const pair of pairs) {
    const group = groups.get(key(pair))
    if (group) group.push(pair)
    else groups.set(key(pair), [pair])
  }
  return Object.fromEntries([...groups].map(([name, group]) => [name, rateOf(group)]))
}

const summary = (pairs: readonly FlipPair[]) => ({
  overall: rateOf(pairs),
  byRoute: ratesBy(pairs, ({ from }) => from),
  byKind: ratesBy(pairs, ({ kind }) => kind),
})

/**
 * Rewrites a sample of the texts in every built-in way, and decides each anew. Deterministic under `seed`.
 * @throws whatever `embed` or `decide` throws.
 */
export const measureFlips = async (input: MeasureFlipsInput): Promise<FlipReport> => {
  const routes = input.routes.map(routeKey)
  const drafts = rewrite(input, routes)
  const rows =
    drafts.length === 0 ? new Float32Array() : await input.embed(drafts.map(({ text }) => text))
  const width = rows.length / Math.max(1, drafts.length)
  const pairs = drafts.map((draft, i) => ({
    ...draft,
    to: routeKey(input.decide(draft.text, rows.subarray(i * width, (i + 1) * width))),
  }))
  return {
    ...summary(pairs.filter(({ isAdversarial }) => !isAdversarial)),
    adversarial: summary(pairs.filter(({ isAdversarial }) => isAdversarial)),
    pairs,
  }
}

/** The figures of a report that fit a manifest: flip rates by name, without texts. */
export const flipHeadline = (report: FlipReport): Record<string, number> => {
  const named: [string, FlipRate][] = [
    ['flipRate', report.overall],
    ['adversarialFlipRate', report.adversarial.overall],
    ...Object.entries(report.byRoute).map(([k, v]): [string, FlipRate] => [
      `flipRate.route.${k}`,
      v,
    ]),
    ...Object.entries(report.byKind).map(([k, v]): [string, FlipRate] => [`flipRate.kind.${k}`, v]),
  ]
  return Object.fromEntries([
    ...named.flatMap(([name, { rate }]) => (rate === null ? [] : [[name, rate] as const])),
    ['flipPairs', report.overall.pairs] as const,
  ])
}
