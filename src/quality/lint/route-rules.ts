// Rules on whole routes: too few exemplars, uneven numbers, labels that the other exemplars contradict, routes that blur.

import { routeDisagreement } from '../../core/decide/route-agreement.ts'
import { dot, normaliseRow } from '../../core/linear/vectors.ts'
import { NONE_ROUTE } from '../../core/types.ts'
import { suspectLabels, type UnseenPrediction } from '../evaluation/label-noise.ts'
import {
  counted,
  type Finding,
  type LintRow,
  type LintSet,
  median,
  moveTo,
  quoted,
  rowsByRoute,
  share,
} from './finding.ts'
import { exemplarsToReach, type LearningCurve } from './learning-curve.ts'

/** Fewer than this, and neither the route's confidence nor its threshold can be fitted. */
const MIN_EXEMPLARS = 10
/** A route is thin, too, where its error is this much above the median route's and more exemplars would reduce it. */
const ERROR_ABOVE_MEDIAN = 1.5
const SIZE_RATIO = 4
/** Share of two routes' exemplars that a classifier which has not seen them takes for the other. */
const BLURRED = 0.1
const MIN_BLURRED_ROWS = 3
const MAX_EXAMPLES = 4
/** Nearest exemplars that are asked, and the most that a suspect's own route may still have. */
const WITNESSES = 10
const MAX_OWN = 0.05

const thinFinding = (route: string, count: number, more: number, why: string): Finding => ({
  rule: 'thin-route',
  severity: 'warning',
  route,
  message: `${route} has ${counted(count, 'exemplar')}${why}.`,
  where: [],
  fix: `Add about ${more} more, e.g.: signalbox add --route ${route} "…"`,
  figures: { exemplars: count, more },
})

/** Routes with too few exemplars; the default route may have none. */
export const thinFindings = (input: {
  curves: readonly LearningCurve[]
  routes: readonly string[]
  defaultRoute: string
}): Finding[] => {
  const { curves, routes, defaultRoute } = input
  const known = new Map(curves.map((curve) => [curve.route, curve]))
  const usual = median(curves.map(({ error }) => error))
  return [...new Set([...routes, ...known.keys()])].sort().flatMap((route) => {
    const curve = known.get(route)
    const count = curve?.exemplars ?? 0
    if (!curve && route === defaultRoute) return []
    if (count === 0) return [thinFinding(route, 0, MIN_EXEMPLARS, ': it can never be chosen')]
    const target = Math.max(usual * ERROR_ABOVE_MEDIAN, 0.05)
    const more = curve && curve.error > target ? exemplarsToReach(curve, target) : 0
    if (count < MIN_EXEMPLARS) {
      const why = ', too few to fit its confidence and threshold on'
      return [thinFinding(route, count, Math.max(MIN_EXEMPLARS - count, more ?? 0), why)]
    }
    if (!curve || !more) return []
    const why = `, and its nearest-exemplar error is ${share(curve.error)} (the median route's ${share(usual)}); at its learning curve's slope ${share(target)} is within reach`
    return [thinFinding(route, count, more, why)]
  })
}

/** Routes that the current index and the configuration disagree about. */
export const disagreementFindings = (
  trained: readonly string[],
  config: Parameters<typeof routeDisagreement>[1],
): Finding[] => {
  const found = routeDisagreement(trained, config)
  if (!found) return []
  const { unconfigured, untrained, message } = found
  return [
    {
      rule: 'index-disagrees',
      severity: 'warning',
      route: null,
      message,
      where: [],
      fix: 'Configure the routes that are trained and train those that are configured, then: signalbox rebuild',
      figures: { unconfigured: unconfigured.length, untrained: untrained.length },
    },
  ]
}

/** Routes with many times fewer or more exemplars than the median route. */
export const sizeFindings = (rows: readonly LintRow[]): Finding[] => {
  const sizes = [...rowsByRoute(rows)].map(
    ([route, positions]) => [route, positions.length] as const,
  )
  const usual = median(sizes.map(([, size]) => size))
  if (sizes.length < 3) return []
  return sizes.flatMap(([route, size]) => {
    const isSmall = size * SIZE_RATIO <= usual
    // Many negatives are no fault: more is outside of the routes than in them.
    if (!isSmall && (size < usual * SIZE_RATIO || route === NONE_ROUTE)) return []
    return [
      {
        rule: 'unbalanced-size',
        severity: 'warning' as const,
        route,
        message: `${route} has ${counted(size, 'exemplar')}, the median route ${usual}.`,
        where: [],
        fix: isSmall
          ? `Add exemplars to ${route}, or the large routes will win the doubtful prompts.`
          : `Thin ${route} out (near-duplicates first), or add to the others.`,
        figures: { exemplars: size, median: usual },
      },
    ]
  })
}

/** True where next to none of the nearest exemplars has the label: a second witness, with other faults than a fit's. */
const isAlone = ({ rows, neighbours }: LintSet, row: number): boolean => {
  const nearest = neighbours[row]?.slice(0, WITNESSES) ?? []
  const own = nearest.filter(({ position }) => rows[position]?.route === rows[row]?.route)
  return own.length <= 1
}

/** Exemplars that both the classifier and their neighbours contradict, the worst first. */
export const noiseFindings = (set: LintSet, unseen: readonly UnseenPrediction[]): Finding[] =>
  suspectLabels(
    unseen,
    set.rows.map(({ route }) => route),
  )
    .filter(({ isLikelyWrong, ownProbability }) => isLikelyWrong && ownProbability <= MAX_OWN)
    .filter(({ row }) => isAlone(set, row))
    .flatMap(({ row, label, predicted, confidence, ownProbability }) => {
      const exemplar = set.rows[row]
      if (!exemplar) return []
      return [
        {
          rule: 'label-noise',
          severity: 'warning' as const,
          route: label,
          message: `Labelled ${label}, but the other exemplars say ${predicted} (${share(confidence)}, ${label} ${share(ownProbability)}): ${quoted(exemplar.text)}.`,
          where: [exemplar.location],
          fix: `Move it to ${predicted}.jsonl if that is right; else add two or three more of its kind to ${label}.`,
          edits: [moveTo(exemplar, predicted)],
          figures: { confidence, ownProbability },
        },
      ]
    })

/** Unit centroids of the routes after the mean of all rows is taken off: what is common to all prompts tells nothing. */
const centredCentroids = ({ rows, vectors, dimensions }: LintSet): Map<string, Float32Array> => {
  const mean = new Float32Array(dimensions)
  for (let i = 0; i < rows.length * dimensions; i++) {
    mean[i % dimensions] = (mean[i % dimensions] as number) + (vectors[i] as number) / rows.length
  }
  const centroids = new Map<string, Float32Array>()
  for (const [route, positions] of rowsByRoute(rows)) {
    const centroid = new Float32Array(dimensions)
    for (const row of positions) {
      for (let i = 0; i < dimensions; i++) {
        const value = (vectors[row * dimensions + i] as number) - (mean[i] as number)
        centroid[i] = (centroid[i] as number) + value
      }
    }
    normaliseRow(centroid, 0, dimensions)
    centroids.set(route, centroid)
  }
  return centroids
}

interface Pair {
  routes: [string, string]
  mistaken: UnseenPrediction[]
}

const mistakenPairs = (rows: readonly LintRow[], unseen: readonly UnseenPrediction[]): Pair[] => {
  const pairs = new Map<string, Pair>()
  for (const prediction of unseen) {
    const label = rows[prediction.row]?.route
    if (label === undefined || label === prediction.route) continue
    const routes = [label, prediction.route].sort() as [string, string]
    const pair = pairs.get(routes.join('\n')) ?? { routes, mistaken: [] }
    pair.mistaken.push(prediction)
    pairs.set(routes.join('\n'), pair)
  }
  return [...pairs.values()]
}

/** Pairs of routes that a classifier which has not seen the exemplar takes for each other, the worst first. */
export const blurredFindings = (set: LintSet, unseen: readonly UnseenPrediction[]): Finding[] => {
  const { rows, dimensions } = set
  const asked = new Map<string, number>()
  for (const { row } of unseen) {
    const route = rows[row]?.route as string
    asked.set(route, (asked.get(route) ?? 0) + 1)
  }
  const centroids = centredCentroids(set)
  return mistakenPairs(rows, unseen)
    .map(({ routes: [a, b], mistaken }) => {
      const [ca, cb] = [centroids.get(a), centroids.get(b)]
      const similarity = ca && cb ? dot(ca, 0, cb, 0, dimensions) : 0
      return {
        a,
        b,
        mistaken,
        similarity,
        part: mistaken.length / ((asked.get(a) ?? 0) + (asked.get(b) ?? 0)),
      }
    })
    .filter(({ mistaken, part }) => part >= BLURRED && mistaken.length >= MIN_BLURRED_ROWS)
    .sort((x, y) => y.part - x.part)
    .map(({ a, b, mistaken, similarity, part }) => ({
      rule: 'blurred-routes',
      severity: 'warning' as const,
      route: null,
      message: `${a} and ${b} are hard to tell apart: ${share(part)} of their exemplars, unseen, are taken for the other; similarity of their centroids ${similarity.toFixed(2)}.`,
      where: [...mistaken]
        .sort((x, y) => x.ownProbability - y.ownProbability)
        .slice(0, MAX_EXAMPLES)
        .map(({ row }) => rows[row]?.location as string),
      fix: `Decide what tells ${a} from ${b} and add pairs of near prompts on both sides of it, or make them one route.`,
      figures: { share: part, similarity },
    }))
}
