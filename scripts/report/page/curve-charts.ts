// The report's curves: risk against coverage, ROC.

import { escaped, type Markup } from '../../../src/dashboard/charts/html.ts'
import { pathOf, plot, px, SHARES, ticksTo } from '../../../src/dashboard/charts/plot.ts'
import type { RocPoint } from '../../../src/quality/evaluation/detection.ts'
import type { RiskPoint } from '../../../src/quality/evaluation/risk-coverage.ts'
import { percent } from '../../terminal/output.ts'

const title = (text: string): string => `<title>${escaped(text)}</title>`

/** @param current where the thresholds in force stand; null where nothing is routed */
export const riskChart = (
  points: readonly RiskPoint[],
  current: { coverage: number; risk: number } | null,
): Markup => {
  const highest = points.reduce((max, { risk }) => Math.max(max, risk), current?.risk ?? 0)
  const ticks = ticksTo(Math.min(1, Math.max(highest, 0.01)))
  const digits = (ticks[1] as number) < 0.01 ? 1 : 0
  return plot(
    {
      width: 420,
      height: 320,
      x: { ...SHARES, label: 'share of prompts answered, the surest first' },
      y: {
        domain: [0, ticks.at(-1) as number],
        ticks,
        format: (value) => `${(value * 100).toFixed(digits)} %`,
        label: 'wrong among the answered',
      },
      description: 'Risk against coverage',
    },
    (at) => {
      const line = points.map(({ coverage, risk }) => [at.x(coverage), at.y(risk)] as const)
      const [first, last] = [line[0], line.at(-1)]
      if (!first || !last) return ''
      const area = [...line, [last[0], at.y(0)] as const, [first[0], at.y(0)] as const]
      const text =
        current &&
        `Thresholds in force: ${percent(current.coverage)} answered, ${percent(current.risk)} of them wrong`
      return (
        `<path class="one-soft" d="${pathOf(area)}Z"/><path class="one-line" d="${pathOf(line)}"/>` +
        (current && text
          ? `<circle class="ring" cx="${px(at.x(current.coverage))}" cy="${px(at.y(current.risk))}" r="5">${title(text)}</circle>`
          : '')
      )
    },
  )
}

export const rocChart = (roc: readonly RocPoint[]): Markup =>
  plot(
    {
      width: 420,
      height: 260,
      x: { ...SHARES, label: 'in-scope turned away' },
      y: { ...SHARES, label: 'none of the above turned away' },
      description: 'ROC curve of the novelty',
    },
    (at) =>
      `<path class="ideal" d="${pathOf([
        [at.x(0), at.y(0)],
        [at.x(1), at.y(1)],
      ])}"/>` +
      `<line class="limit" x1="${px(at.x(0.05))}" x2="${px(at.x(0.05))}" y1="${px(at.y(0))}" y2="${px(at.y(1))}">${title('95 % of the in-scope kept')}</line>` +
      `<path class="two-line" d="${pathOf(roc.map((point) => [at.x(point.falseAlarms), at.y(point.recall)]))}"/>`,
  )
