// The report of `signalbox outcomes eval` as text.
import type { OutcomesReport } from '../../src/quality/evaluation/outcomes-report.ts'
import { percent } from '../terminal/output.ts'

const figure = (value: number | null): string => (value === null ? '–' : value.toFixed(4))
const usd = (value: number): string => `${(value * 1_000).toFixed(4)} USD per 1,000 prompts`
const range = (interval: [number, number] | null, show: (value: number) => string): string =>
  interval === null ? '' : ` (95 %: ${show(interval[0])} to ${show(interval[1])})`

const areas = (report: OutcomesReport): string[] => {
  if (report.aiq === null) return []
  const near = Object.entries(report.aiq_neighbours ?? {})
  return [
    '',
    'Area under cost and quality (AIQ)',
    `  learned          ${figure(report.aiq)}; gain over no router${range(report.intervals.aiq_gain, figure)}`,
    `  no router        ${figure(report.aiq_zero)}, the hull of single models`,
    `  true labels      ${figure(report.aiq_label_means)}`,
    ...near.map(([k, aiq]) => `  ${`${k} neighbours`.padEnd(15)}  ${figure(aiq)}`),
    `  oracle           ${figure(report.aiq_oracle)}`,
  ]
}

const savings = ({ saved, saved_at_equal_quality: equal }: OutcomesReport): string[] =>
  saved === null ? [] : [`  saved ${percent(saved)}; for all of its quality ${percent(equal)}`]

export const describeOutcomes = (report: OutcomesReport): string[] => {
  const { best_single: single, intervals, blend } = report
  const parts = Object.entries(blend.lead).filter(([, weight]) => weight > 0)
  const shares = Object.entries(report.share).filter(([, share]) => share > 0)
  return [
    `${report.train_rows} prompts to learn from, ${report.test_rows} to measure on, ${report.models.length} models.`,
    `Differences between models estimated from ${parts.map(([part, weight]) => `${weight.toFixed(2)} × ${part}`).join(' + ') || 'nothing: no part foresees them'}.`,
    ...areas(report),
    ...(report.apgr === null
      ? []
      : [
          '',
          `Gain recovered over all shares of prompts (APGR): ${figure(report.apgr)}; random 0.5`,
        ]),
    '',
    `At ${percent(report.target)} of the best single model's quality (chosen on training rows)`,
    `  quality ${figure(report.quality)}${range(intervals.quality, figure)}, ${usd(report.cost)}`,
    `  best single model ${single.model}: ${figure(single.quality)}, ${usd(single.cost)}`,
    ...savings(report),
    `  ${shares.map(([model, share]) => `${model} ${percent(share)}`).join(', ')}`,
  ]
}
