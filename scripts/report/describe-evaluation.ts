// The report of `signalbox eval` as text: what was asked for, the most telling figures first.
import type { EvalReport, TrainedOn } from '../../src/quality/evaluation/eval-report.ts'
import { percent, preview } from '../terminal/output.ts'
import { table } from '../terminal/table.ts'
import {
  auditLines,
  conformalLines,
  flipLines,
  groupLines,
  noneSetLines,
  pairLines,
} from './eval/describe-parts.ts'

const MAX_PAIRS = 10
const MAX_MISTAKES = 5

/** ` (95 %: 81.0 % to 86.2 %)`, or nothing. */
export const rangeText = (interval: [number, number] | null): string =>
  interval === null ? '' : ` (95 %: ${percent(interval[0])} to ${percent(interval[1])})`

export const subjectText = (trainedOn: TrainedOn): string =>
  'file' in trainedOn
    ? `Fitted in memory on ${trainedOn.rows} rows of ${trainedOn.file}`
    : `Generation ${trainedOn.generation}`

/** Areas are small: four digits rather than a percentage. */
export const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(4))

const perRoute = ({ perRoute: routes }: EvalReport): string[] =>
  table([
    ['route', 'precision', 'recall', 'F1', 'rows', 'routed'],
    ...routes.map((r) => [
      r.route,
      percent(r.precision),
      percent(r.recall),
      percent(r.f1),
      String(r.support),
      String(r.predicted),
    ]),
  ])

const confusions = ({ confusions: pairs }: EvalReport): string[] => {
  if (pairs.length === 0) return ['No row was sent to a wrong route.']
  const rows = pairs.slice(0, MAX_PAIRS).map((p) => [`${p.label} → ${p.route}`, String(p.count)])
  return ['Most confused (label → route taken):', ...table(rows).map((line) => `  ${line}`)]
}

const mistakes = ({ mistakes: rows }: EvalReport): string[] =>
  rows.length === 0
    ? []
    : [
        '',
        'Surest mistakes (label → best route, confidence):',
        ...rows
          .slice(0, MAX_MISTAKES)
          .map((m) => `  ${m.label} → ${m.top} ${percent(m.confidence)}  "${preview(m.text, 60)}"`),
      ]

const headline = (report: EvalReport): string[] => {
  const { abstention, calibration, riskCoverage } = report
  const coverage = riskCoverage.coverageAt
    .map((at) => `${percent(at.coverage)} at ${(at.risk * 100).toFixed(0)} %`)
    .join(', ')
  return [
    `accuracy     ${percent(report.accuracy)}${rangeText(report.accuracyInterval)}; ${percent(report.topAccuracy)} before thresholds`,
    `macro-F1     ${percent(report.macroF1)}${rangeText(report.macroF1Interval)}`,
    `wrong route  ${percent(report.wrongRouteRate)} of all rows`,
    `abstention   none recall ${percent(abstention.noneRecall)}, none precision ${percent(abstention.nonePrecision)}, false abstention ${percent(abstention.falseAbstentionRate)}`,
    `coverage     ${percent(abstention.coverage)}, right among the routed ${percent(abstention.selectiveAccuracy)}`,
    `calibration  ECE ${percent(calibration.equalMass.ece)} in ten bins of equal mass, ${percent(calibration.equalWidth.ece)} of equal width`,
    `risk         AURC ${figure(riskCoverage.aurc)} (${figure(riskCoverage.excessAurc)} above the best order); answerable at a risk: ${coverage}`,
  ]
}

export const describeEvaluation = (report: EvalReport): string[] => [
  `${subjectText(report.trainedOn)}, ${report.rows} test rows (${report.noneRows} none of the above).`,
  '',
  ...headline(report),
  ...noneSetLines(report),
  ...pairLines(report),
  ...flipLines(report),
  ...conformalLines(report),
  '',
  ...perRoute(report),
  ...groupLines(report),
  '',
  ...confusions(report),
  ...mistakes(report),
  ...auditLines(report),
]
