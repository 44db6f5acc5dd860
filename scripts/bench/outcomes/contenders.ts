// Ways of choosing a model, side by side on the test rows of one file: area under cost and quality, its gain over no router,
// RouterArena's score, and for two models the recovered gain.
import { gather, type Matrix } from '../../../src/core/linear/matrix.ts'
import { arenaScore, type CostQuality } from '../../../src/core/outcomes/cost-quality.ts'
import { pointsOf, singlePoints } from '../../../src/core/outcomes/operating-point.ts'
import type { Estimates } from '../../../src/core/outcomes/outcome-model.ts'
import { type OutcomeTable, takeOutcomes } from '../../../src/core/outcomes/outcome-table.ts'
import { bootstrapInterval, type Interval } from '../../../src/core/statistics/bootstrap.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import {
  aiqOfChoices,
  aiqOfSingles,
  apgrOfGuesses,
  type Guesses,
  sweep,
} from '../../../src/quality/evaluation/outcome-curve.ts'
import { rivalsOf } from '../../../src/quality/evaluation/outcome-rivals.ts'
import type { OutcomesToMeasure } from './outcome-sets.ts'

export interface Contender {
  name: string
  /** Null where no costs are known, and for a choice that has no curve. */
  aiq: number | null
  /** Over the hull of single models, with its 95 % interval. */
  gain: number | null
  interval: Interval | null
  /** RouterArena's score, 0 to 100, at the best point of the curve. */
  arena: number | null
  apgr: number | null
}

const RESAMPLES = 200

type Curve = readonly Int32Array[]

const bestArena = (points: readonly CostQuality[]): number =>
  100 * Math.max(...points.map(arenaScore))

const drawnInterval = (curve: Curve, table: OutcomeTable, seed: number): Interval | null =>
  bootstrapInterval(
    table.scores.rows,
    (rows) => {
      const drawn = takeOutcomes(table, rows)
      const choices = curve.map((chosen) => gather(chosen, rows))
      return aiqOfChoices(choices, drawn) - aiqOfSingles(drawn)
    },
    { random: createRandom(seed), samples: RESAMPLES },
  )

const always = (model: number, rows: number): Int32Array => new Int32Array(rows).fill(model)

/** Each prompt to any of the models. */
const drawnAtRandom = (table: OutcomeTable): CostQuality => {
  const points = singlePoints(table)
  const mean = (of: (point: CostQuality) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length
  return { cost: mean(({ cost }) => cost), quality: mean(({ quality }) => quality) }
}

/** Choices that are one point: any model at random, and always the best. */
const onePoint = ({ test: { table }, hasCosts, best }: OutcomesToMeasure): Contender[] => {
  const none = { aiq: null, gain: null, interval: null }
  const arena = (point: CostQuality): number | null => (hasCosts ? bestArena([point]) : null)
  const bestPoint = pointsOf(always(best, table.scores.rows), table)
  return [
    {
      name: 'any model at random',
      ...none,
      arena: arena(drawnAtRandom(table)),
      apgr: table.models.length === 2 ? 0.5 : null,
    },
    { name: 'always the best model', ...none, arena: arena(bestPoint), apgr: null },
  ]
}

export const contendersOf = (
  set: OutcomesToMeasure,
  estimates: Estimates,
  seed: number,
): Contender[] => {
  const { test, hasCosts, best } = set
  const { table } = test
  const rows = table.scores.rows
  const apgr = (quality: Matrix): number | null =>
    table.models.length === 2 ? apgrOfGuesses(quality, table, best) : null
  const ofCurve = (name: string, curve: Curve, quality: Matrix | null): Contender => {
    const points = curve.map((chosen) => pointsOf(chosen, table))
    const own = quality === null ? null : apgr(quality)
    if (!hasCosts) return { name, aiq: null, gain: null, interval: null, arena: null, apgr: own }
    const aiq = aiqOfChoices(curve, table)
    const interval = drawnInterval(curve, table, seed)
    const gain = aiq - aiqOfSingles(table)
    return { name, aiq, gain, interval, arena: bestArena(points), apgr: own }
  }
  const guessed = (name: string, guesses: Guesses) =>
    ofCurve(name, sweep(guesses, table), guesses.quality)
  const rivals = rivalsOf(set)
  return [
    guessed('learned', estimates),
    ofCurve(
      'no router: a mix of two models',
      table.models.map((_, j) => always(j, rows)),
      null,
    ),
    ...onePoint(set),
    guessed('true labels', rivals.labels),
    ...Object.entries(rivals.neighbours).map(([k, guesses]) => guessed(`${k} neighbours`, guesses)),
    guessed('oracle', rivals.oracle),
  ]
}
