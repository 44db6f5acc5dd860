// `eval --compare --html`: two routers on the same rows as a page.

import { html, type Markup, quoted, routeName } from '../../../src/dashboard/charts/html.ts'
import { percent } from '../../terminal/output.ts'
import type { ChangedRow, CompareReport } from '../eval/compare.ts'
import { pText, sideBySide, signed, verdictText } from '../eval/describe-comparison.ts'
import { card, htmlTable, page, type Section } from './page.ts'

const MAX_ROWS = 300

const rowsSection = (id: string, title: string, rows: readonly ChangedRow[]): Section[] =>
  rows.length === 0
    ? []
    : [
        {
          id,
          title: `${title} (${rows.length})`,
          body: htmlTable(
            [
              { name: 'prompt' },
              { name: 'label' },
              { name: 'first' },
              { name: '', isNumber: true },
              { name: 'second' },
              { name: '', isNumber: true },
            ],
            rows
              .slice(0, MAX_ROWS)
              .map((row) => [
                quoted(row.text),
                routeName(row.label),
                routeName(row.first),
                html`${percent(row.firstConfidence)}`,
                routeName(row.second),
                html`${percent(row.secondConfidence)}`,
              ]),
          ),
        },
      ]

const cardsOf = ({ difference, interval, test }: CompareReport): Markup[] => [
  card({
    name: 'Difference in right decisions',
    value: signed(difference),
    note: interval
      ? html`95 %: ${signed(interval[0])} to ${signed(interval[1])}`
      : html`no interval`,
  }),
  card({
    name: 'Exact McNemar p',
    value: pText(test.pValue),
    note: html`${test.onlyFirst + test.onlySecond} rows that only one gets right`,
  }),
  card({ name: 'Fixed', value: String(test.onlySecond), note: html`wrong before, right now` }),
  card({ name: 'Broken', value: String(test.onlyFirst), note: html`right before, wrong now` }),
]

/** @returns a whole HTML document; all texts and names in it are escaped */
export const comparisonPage = (report: CompareReport): string =>
  page({
    title: 'Signalbox comparison',
    lead: html`First: ${report.first.name}. Second: ${report.second.name}. ${report.rows} test rows. ${verdictText(report)}`,
    cards: cardsOf(report),
    sections: [
      {
        id: 'figures',
        title: 'Side by side',
        body: htmlTable(
          [{ name: '' }, { name: 'first', isNumber: true }, { name: 'second', isNumber: true }],
          sideBySide(report).map((row) => row.map((text) => html`${text}`)),
        ),
      },
      ...rowsSection('fixed', 'Fixed', report.fixed),
      ...rowsSection('broken', 'Broken', report.broken),
      ...rowsSection('moved', 'Wrong in both, differently', report.movedWrong),
    ],
  })
