// The report of `signalbox eval` as text: figures, a table per route, the pairs most often confused, abstention.
import type { EvaluationReport } from '../../src/core/evaluate.ts'
import { percent } from './output.ts'

const MAX_PAIRS = 10

const table = (rows: string[][]): string[] => {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => (row[column] ?? '').length)),
  )
  return rows.map((row) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  '),
  )
}

const perRoute = ({ perRoute: routes }: EvaluationReport): string[] =>
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

const confusions = ({ confusions: pairs }: EvaluationReport): string[] => {
  if (pairs.length === 0) return ['No row was sent to a wrong route.']
  const rows = pairs.slice(0, MAX_PAIRS).map((p) => [`${p.label} → ${p.route}`, String(p.count)])
  return ['Most confused (label → route taken):', ...table(rows).map((line) => `  ${line}`)]
}

export const describeEvaluation = (
  report: EvaluationReport,
  trainedOn: { generation: number } | { file: string; rows: number },
): string[] => {
  const { abstention, accuracyInterval: interval } = report
  const subject =
    'file' in trainedOn
      ? `Fitted in memory on ${trainedOn.rows} rows of ${trainedOn.file}`
      : `Generation ${trainedOn.generation}`
  const range =
    interval === null ? '' : ` (95 %: ${percent(interval[0])} to ${percent(interval[1])})`
  return [
    `${subject}, ${report.rows} test rows (${report.noneRows} none of the above).`,
    '',
    `accuracy     ${percent(report.accuracy)}${range}; ${percent(report.topAccuracy)} before thresholds`,
    `macro-F1     ${percent(report.macroF1)}`,
    `abstention   none recall ${percent(abstention.noneRecall)}, none precision ${percent(abstention.nonePrecision)}, false abstention ${percent(abstention.falseAbstentionRate)}`,
    `coverage     ${percent(abstention.coverage)}, right among the routed ${percent(abstention.selectiveAccuracy)}`,
    `calibration  error ${percent(report.ece)}`,
    '',
    ...perRoute(report),
    '',
    ...confusions(report),
  ]
}
