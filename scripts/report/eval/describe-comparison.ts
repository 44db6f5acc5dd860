// `eval --compare` as text: figures side by side, the test, and the prompts that changed.
import { percent, preview } from '../../terminal/output.ts'
import { table } from '../../terminal/table.ts'
import type { ChangedRow, CompareReport } from './compare.ts'

const MAX_ROWS = 15

/** `+1.2 %`, with a proper minus. */
export const signed = (share: number): string =>
  `${share < 0 ? '−' : '+'}${percent(Math.abs(share))}`

/** `0.031`, `< 0.0001`. */
export const pText = (p: number): string => (p < 0.0001 ? '< 0.0001' : p.toFixed(4))

/** One sentence that says what the test allows to say. */
export const verdictText = ({ test, difference }: CompareReport): string => {
  if (test.onlyFirst + test.onlySecond === 0) return 'Both decide every row equally well.'
  const p = `exact McNemar p ${test.pValue < 0.0001 ? '' : '= '}${pText(test.pValue)}`
  if (test.pValue >= 0.05) return `No difference that chance would not explain (${p}).`
  return `${difference > 0 ? 'The second' : 'The first'} is better beyond chance (${p}).`
}

/** Name and the value of both, for each figure that both have. */
export const sideBySide = ({ first, second, accuracy }: CompareReport): string[][] => {
  const [a, b] = [first.report, second.report]
  return [
    ['right decisions', percent(accuracy.first), percent(accuracy.second)],
    ['accuracy in scope', percent(a.accuracy), percent(b.accuracy)],
    ['before thresholds', percent(a.topAccuracy), percent(b.topAccuracy)],
    ['macro-F1', percent(a.macroF1), percent(b.macroF1)],
    ['wrong routes', percent(a.wrongRouteRate), percent(b.wrongRouteRate)],
    ['none recall', percent(a.abstention.noneRecall), percent(b.abstention.noneRecall)],
    ['coverage', percent(a.abstention.coverage), percent(b.abstention.coverage)],
    ['ECE (equal width)', percent(a.ece), percent(b.ece)],
  ]
}

const list = (title: string, rows: readonly ChangedRow[]): string[] =>
  rows.length === 0
    ? []
    : [
        '',
        `${title} (${rows.length}):`,
        ...rows
          .slice(0, MAX_ROWS)
          .map(
            (row) =>
              `  ${row.label}: ${row.first ?? '(no route)'} → ${row.second ?? '(no route)'}  "${preview(row.text, 60)}"`,
          ),
        ...(rows.length > MAX_ROWS ? [`  … and ${rows.length - MAX_ROWS} more (--json)`] : []),
      ]

export const describeComparison = (report: CompareReport): string[] => {
  const { first, second, interval, test } = report
  const range = interval === null ? '' : ` (95 %: ${signed(interval[0])} to ${signed(interval[1])})`
  return [
    `First: ${first.name}. Second: ${second.name}. ${report.rows} test rows.`,
    '',
    ...table([['', 'first', 'second'], ...sideBySide(report)]),
    '',
    `Right decisions ${signed(report.difference)}${range}; ${test.onlySecond} fixed, ${test.onlyFirst} broken.`,
    verdictText(report),
    ...list('Fixed', report.fixed),
    ...list('Broken', report.broken),
    ...list('Wrong in both, differently', report.movedWrong),
  ]
}
