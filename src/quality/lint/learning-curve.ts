// What more exemplars would bring a route: its error with an eighth, a quarter, half and all of the exemplars, extrapolated.
// The error is the nearest exemplar's, read off the neighbour lists: it costs no fit, and a power law fits it well
// (Hestness et al. 2017; for classes with few examples, Viering & Loog 2021).
import { createRandom } from '../../core/statistics/random.ts'
import { type LintSet, rowsByRoute } from './finding.ts'

const SHARES = [1 / 8, 1 / 4, 1 / 2, 1]
const DRAWS = 8
/** Below this exponent, doubling the exemplars takes off less than a twentieth of the error: more do not help. */
const LEAST_EXPONENT = 0.08

export interface LearningCurve {
  route: string
  exemplars: number
  /** Share of the route's exemplars whose nearest other exemplar is of another route. */
  error: number
  /** `error ∝ exemplars^−exponent`, 0 where more do not help. */
  exponent: number
}

/** Errors by route and share of exemplars kept; a row whose listed neighbours are all left out is not counted. */
const errorsAt = (set: LintSet, kept: number, seed: number): Map<string, number> => {
  const random = createRandom(seed)
  const wrong = new Map<string, { asked: number; wrong: number }>()
  for (let draw = 0; draw < (kept === 1 ? 1 : DRAWS); draw++) {
    const isKept = set.rows.map(() => random() < kept)
    set.rows.forEach(({ route }, row) => {
      const hit = set.neighbours[row]?.find(({ position }) => isKept[position])
      if (!hit) return
      const tally = wrong.get(route) ?? { asked: 0, wrong: 0 }
      tally.asked++
      if (set.rows[hit.position]?.route !== route) tally.wrong++
      wrong.set(route, tally)
    })
  }
  return new Map([...wrong].map(([route, t]) => [route, (t.wrong + 0.5) / (t.asked + 1)]))
}

/** Slope of log error over log share, by least squares. */
const slopeOf = (points: readonly (readonly [x: number, y: number])[]): number => {
  const mean = (values: number[]) => values.reduce((a, b) => a + b, 0) / values.length
  const mx = mean(points.map(([x]) => x))
  const my = mean(points.map(([, y]) => y))
  const covariance = points.reduce((sum, [x, y]) => sum + (x - mx) * (y - my), 0)
  const variance = points.reduce((sum, [x]) => sum + (x - mx) ** 2, 0)
  return variance === 0 ? 0 : covariance / variance
}

/** One curve for each route, in alphabetical order. Deterministic under `seed`. */
export const learningCurves = (set: LintSet, seed: number): LearningCurve[] => {
  const errors = SHARES.map((kept, i) => errorsAt(set, kept, seed + i))
  return [...rowsByRoute(set.rows)].map(([route, positions]) => {
    const points = SHARES.flatMap((kept, i) => {
      const error = errors[i]?.get(route)
      return error === undefined ? [] : [[Math.log(kept), Math.log(error)] as const]
    })
    const exponent = points.length < 2 ? 0 : -slopeOf(points)
    return {
      route,
      exemplars: positions.length,
      error: errors.at(-1)?.get(route) ?? 1,
      exponent: exponent < LEAST_EXPONENT ? 0 : exponent,
    }
  })
}

/** Exemplars to add so that the error falls to `target`; null where the curve does not get there within ten times as many. */
export const exemplarsToReach = (curve: LearningCurve, target: number): number | null => {
  const { exemplars, error, exponent } = curve
  if (error <= target) return 0
  if (exponent === 0) return null
  const factor = (error / target) ** (1 / exponent)
  return factor > 10 ? null : Math.ceil(exemplars * (factor - 1))
}
