// Metrics of routings on labelled rows: accuracy, F1, abstention and calibration. Used by `signalbox eval` and by every rebuild on
// the held-out set; an abstention never counts as right for a route.

import { bootstrapInterval, type Interval, meanInterval } from '../statistics/bootstrap.ts'
import { type RatedPrediction, reliabilityOf } from '../statistics/calibration.ts'
import { macroF1Of, numberOutcomes } from '../statistics/macro-f1.ts'
import type { Random } from '../statistics/random.ts'
import { NONE_ROUTE } from '../types.ts'

/** One labelled prompt and how it was routed. */
export interface EvaluationRow {
  /** Route that would have been right; `none` or `oos` where no route would. */
  label: string
  /** Best route by score, before thresholds; null where nothing was classified. */
  top: string | null
  /** Route taken; null where the threshold was missed or `none` won. */
  route: string | null
  /** Claimed probability that `top` is right, 0 to 1. */
  confidence: number
}

export interface RouteReport {
  route: string
  /** Null where the route was never taken. */
  precision: number | null
  /** Null where no row has this label. */
  recall: number | null
  f1: number
  /** Rows with this label. */
  support: number
  /** Rows that were sent to this route. */
  predicted: number
}

export interface Confusion {
  label: string
  route: string
  count: number
}

/** Shares are 0 to 1, and null where there is no row to compute them over. */
export interface EvaluationReport {
  rows: number
  inScopeRows: number
  noneRows: number
  /** Right routes among in-scope rows; abstaining counts as wrong. */
  accuracy: number | null
  /** 95 % percentile interval of `accuracy` by bootstrap; null without a random source. */
  accuracyInterval: Interval | null
  /** Right best routes among in-scope rows, whatever the threshold said. */
  topAccuracy: number | null
  /** Mean F1 over the routes that occur as labels. */
  macroF1: number | null
  /** 95 % percentile interval of `macroF1`, as that of `accuracy`. */
  macroF1Interval: Interval | null
  /** Share of all rows that were sent to a wrong route: what the risk bound limits. */
  wrongRouteRate: number | null
  perRoute: RouteReport[]
  /** Wrong routes taken, the most frequent first; abstentions are not among them. */
  confusions: Confusion[]
  abstention: {
    /** None-of-the-above rows that were not routed. */
    noneRecall: number | null
    /** Unrouted rows that were none of the above. */
    nonePrecision: number | null
    /** In-scope rows that were not routed. */
    falseAbstentionRate: number | null
    /** Rows that were routed. */
    coverage: number | null
    /** Share of routed rows that are right. */
    selectiveAccuracy: number | null
  }
  /** Expected calibration error over ten equal bins (Naeini et al. 2015). */
  ece: number | null
}

const NONE_LABELS: ReadonlySet<string> = new Set([NONE_ROUTE, 'oos'])

/** True for labels that say that no route fits. */
export const isNoneLabel = (label: string): boolean => NONE_LABELS.has(label)

const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole)

const count = <T>(items: readonly T[], test: (item: T) => boolean): number => {
  let n = 0
  for (const item of items) if (test(item)) n++
  return n
}

/** True where an in-scope row was sent to its route. */
const isRight = (row: EvaluationRow): boolean => row.route === row.label && !isNoneLabel(row.label)

/** True where the best route before thresholds is the right one. */
export const isTopRight = (row: EvaluationRow): boolean =>
  row.top !== null && (isNoneLabel(row.label) ? isNoneLabel(row.top) : row.top === row.label)

const perRouteOf = (rows: readonly EvaluationRow[]): RouteReport[] => {
  const tally = new Map<string, { support: number; predicted: number; right: number }>()
  const of = (route: string) => {
    const entry = tally.get(route) ?? { support: 0, predicted: 0, right: 0 }
    tally.set(route, entry)
    return entry
  }
  for (const row of rows) {
    if (!isNoneLabel(row.label)) of(row.label).support++
    if (row.route !== null) of(row.route).predicted++
    if (row.route !== null && isRight(row)) of(row.route).right++
  }
  return [...tally]
    .map(([route, { support, predicted, right }]) => ({
      route,
      precision: share(right, predicted),
      recall: share(right, support),
      f1: (2 * right) / (support + predicted),
      support,
      predicted,
    }))
    .sort((a, b) => (a.route < b.route ? -1 : 1))
}

const confusionsOf = (rows: readonly EvaluationRow[]): Confusion[] => {
  const pairs = new Map<string, Confusion>()
  for (const row of rows) {
    if (row.route === null || isRight(row)) continue
    const label = isNoneLabel(row.label) ? NONE_ROUTE : row.label
    const key = JSON.stringify([label, row.route])
    const pair = pairs.get(key) ?? { label, route: row.route, count: 0 }
    pair.count++
    pairs.set(key, pair)
  }
  return [...pairs.values()].sort(
    (a, b) => b.count - a.count || (`${a.label}\n${a.route}` < `${b.label}\n${b.route}` ? -1 : 1),
  )
}

/** Each row's confidence and whether its best route is right, before thresholds; `none` is right where no route fits. */
export const judgedRows = (rows: readonly EvaluationRow[]): RatedPrediction[] =>
  rows.map((row) => ({ confidence: row.confidence, isRight: isTopRight(row) }))

const abstentionOf = (rows: readonly EvaluationRow[], noneRows: number) => {
  const routed = count(rows, (row) => row.route !== null)
  const noneKept = count(rows, (row) => isNoneLabel(row.label) && row.route === null)
  const unrouted = rows.length - routed
  return {
    noneRecall: share(noneKept, noneRows),
    nonePrecision: noneRows === 0 ? null : share(noneKept, unrouted),
    falseAbstentionRate: share(unrouted - noneKept, rows.length - noneRows),
    coverage: share(routed, rows.length),
    selectiveAccuracy: share(count(rows, isRight), routed),
  }
}

/**
 * Measures routings against their labels. Labels may be any strings; `none` and `oos` mean none of the above.
 * @param random draws the bootstrap of `accuracyInterval`; the same seed gives the same interval.
 */
export const evaluate = (rows: readonly EvaluationRow[], random?: Random): EvaluationReport => {
  const inScope = rows.filter((row) => !isNoneLabel(row.label))
  const noneRows = rows.length - inScope.length
  const perRoute = perRouteOf(rows)
  const outcomes = numberOutcomes(
    rows.map(({ label, route }) => ({ label: isNoneLabel(label) ? null : label, outcome: route })),
  )
  const wrongRoutes = count(rows, (row) => row.route !== null && !isRight(row))
  return {
    rows: rows.length,
    inScopeRows: inScope.length,
    noneRows,
    accuracy: share(count(inScope, isRight), inScope.length),
    accuracyInterval: random ? meanInterval(inScope.map(isRight), { random }) : null,
    topAccuracy: share(count(inScope, isTopRight), inScope.length),
    macroF1: inScope.length === 0 ? null : macroF1Of(outcomes),
    macroF1Interval: random
      ? bootstrapInterval(rows.length, (drawn) => macroF1Of(outcomes, drawn), { random })
      : null,
    wrongRouteRate: share(wrongRoutes, rows.length),
    perRoute,
    confusions: confusionsOf(rows),
    abstention: abstentionOf(rows, noneRows),
    ece: reliabilityOf(judgedRows(rows), { binning: 'width' }).ece,
  }
}

/** The figures of a report for a manifest: numbers by name, left out where they are null. */
export const headlineOf = (report: EvaluationReport): Record<string, number> => {
  const figures: Record<string, number | null> = {
    rows: report.rows,
    accuracy: report.accuracy,
    topAccuracy: report.topAccuracy,
    macroF1: report.macroF1,
    wrongRouteRate: report.wrongRouteRate,
    ...report.abstention,
    ece: report.ece,
  }
  return Object.fromEntries(
    Object.entries(figures).filter((entry): entry is [string, number] => entry[1] !== null),
  )
}
