// The whole of what `signalbox eval` measures, as one JSON value: the text and the HTML report are views of it.
// Parts that were not asked for, or had nothing to measure, are null.

import { type ConfusionMatrix, confusionMatrix } from '../../core/classifier/confusion-matrix.ts'
import {
  type EvaluationReport,
  evaluate,
  isNoneLabel,
  isTopRight,
  judgedRows,
} from '../../core/classifier/evaluate.ts'
import { type Reliability, reliabilityOf } from '../../core/statistics/calibration.ts'
import { createRandom } from '../../core/statistics/random.ts'
import type { AuditReport } from './audit.ts'
import type { ConformalCheck } from './conformal-check.ts'
import type { Prediction } from './evaluate-file.ts'
import type { FlipReport } from './flips.ts'
import { type NoneSetReport, noneSetReport } from './none-sets.ts'
import type { PairReport } from './pairs.ts'
import { coverageAtRisk, type RiskCoverage, riskCoverageOf } from './risk-coverage.ts'
import { type Grouping, type GroupReport, groupRows } from './row-groups.ts'
import { thinned } from './thinned.ts'

/** What was evaluated. */
export type TrainedOn = { generation: number } | { file: string; rows: number }

/** A test row that was decided wrongly, for a look at it. */
export interface Mistake {
  text: string
  label: string
  top: string | null
  route: string | null
  confidence: number
}

export interface EvalReport extends EvaluationReport {
  /** By which version of the program, and when (ISO 8601); null where nobody said. */
  made: { version: string; at: string } | null
  trainedOn: TrainedOn
  test: string
  calibration: { equalWidth: Reliability; equalMass: Reliability }
  /** Before thresholds; `coverageAt` is the greatest coverage whose wrong answers stay within 1, 2, 5 and 10 %. */
  riskCoverage: RiskCoverage & {
    coverageAt: { risk: number; coverage: number }[]
    /** Where the thresholds in force stand among the points; null where they turn every row away. */
    inForce: { coverage: number; risk: number } | null
  }
  matrix: ConfusionMatrix
  noneSets: NoneSetReport[]
  /** One for each grouping that was asked for. */
  groups: GroupReport[]
  /** Under harmless rewriting, and with a suffix that is made to mislead. */
  flips: { perturbed: FlipReport; adversarial: FlipReport } | null
  pairs: (PairReport & { file: string }) | null
  conformal: (ConformalCheck & { delta: number }) | null
  audit: AuditReport | null
  /** Surest wrong routes before thresholds. */
  mistakes: Mistake[]
}

export interface EvalReportInput {
  trainedOn: TrainedOn
  test: string
  predictions: readonly Prediction[]
  noneSets: readonly { name: string; predictions: readonly Prediction[] }[]
  seed: number
  groupings?: readonly Grouping[]
  made?: EvalReport['made']
}

const RISKS = [0.01, 0.02, 0.05, 0.1]
const MISTAKES_SHOWN = 25

const noneSetsOf = ({ predictions, noneSets, test }: EvalReportInput): NoneSetReport[] => {
  const own = predictions.filter(({ label }) => isNoneLabel(label))
  const ownSet = own.length === 0 ? [] : [{ name: `none rows of ${test}`, predictions: own }]
  return [...ownSet, ...noneSets].map((set) =>
    noneSetReport(set.name, set.predictions, predictions),
  )
}

const mistakesOf = (predictions: readonly Prediction[]): Mistake[] =>
  predictions
    .filter(({ top, label }) => top !== null && top !== label && !isNoneLabel(top))
    .sort((a, b) => b.confidence - a.confidence)
    .slice(0, MISTAKES_SHOWN)
    .map(({ text, label, top, route, confidence }) => ({ text, label, top, route, confidence }))

/** Counts as the curve does: to say that no route fits is an answer, to be unsure is none. */
const inForceOf = (predictions: readonly Prediction[]): EvalReport['riskCoverage']['inForce'] => {
  const answered = predictions.filter(({ route, top }) => route !== null || isNoneLabel(top ?? ''))
  if (answered.length === 0) return null
  const wrong = answered.filter((row) => !isTopRight(row)).length
  return { coverage: answered.length / predictions.length, risk: wrong / answered.length }
}

/** The parts that follow from the predictions alone; those that need more work are added by the caller. */
export const evalReportOf = (input: EvalReportInput): EvalReport => {
  const { predictions, seed, trainedOn, test } = input
  const judged = judgedRows(predictions)
  const curve = riskCoverageOf(judged)
  return {
    made: input.made ?? null,
    trainedOn,
    test,
    ...evaluate(predictions, createRandom(seed)),
    calibration: {
      equalWidth: reliabilityOf(judged, { binning: 'width' }),
      equalMass: reliabilityOf(judged, { binning: 'mass' }),
    },
    riskCoverage: {
      ...curve,
      points: thinned(curve.points),
      inForce: inForceOf(predictions),
      coverageAt: RISKS.map((risk) => ({ risk, coverage: coverageAtRisk(curve, risk) })),
    },
    matrix: confusionMatrix(predictions),
    noneSets: noneSetsOf(input),
    groups: (input.groupings ?? []).map((by) => groupRows(predictions, by)),
    flips: null,
    pairs: null,
    conformal: null,
    audit: null,
    mistakes: mistakesOf(predictions),
  }
}
