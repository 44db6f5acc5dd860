// Sections of the report on what was asked for besides: none of the above, paraphrases, rewritings, the conformal rule.

import { html, type Markup, NOTHING, routeName } from '../../../src/dashboard/charts/html.ts'
import type { EvalReport } from '../../../src/quality/evaluation/eval-report.ts'
import type { FlipReport } from '../../../src/quality/evaluation/flips.ts'
import type { NoneSetReport } from '../../../src/quality/evaluation/none-sets.ts'
import { percent } from '../../terminal/output.ts'
import { cellBar, flipChart, noveltyChart, riskHistogram } from './bar-charts.ts'
import { rocChart } from './curve-charts.ts'
import { figureOf, htmlTable, type Section } from './page.ts'

const MAX_ROUTES = 15

const noneSet = (set: NoneSetReport): Markup => html`<h3>${set.name} (${set.rows} rows)</h3>
<div class="legend"><span><i class="key k1"></i>in scope</span><span><i class="key k2"></i>none of the above</span></div>
<div class="figures">
${figureOf(noveltyChart(set), html`Novelty. Left of the dashed line are 95 % of the in-scope; recall there ${percent(set.recallAt95)}. The thresholds in force turn ${percent(set.turnedAway)} of the set away.`)}
${figureOf(rocChart(set.roc), html`AUROC ${percent(set.auroc)}, AUPR ${percent(set.aupr)}`)}
</div>`

export const noneSection = ({ noneSets }: EvalReport): Section[] =>
  noneSets.length === 0
    ? []
    : [
        {
          id: 'none',
          title: 'None of the above',
          body: html`<p>Are prompts that no route fits distinguished from prompts that a route fits?</p>${noneSets.map(noneSet)}`,
        },
      ]

export const pairSection = ({ pairs }: EvalReport): Section[] => {
  if (pairs === null) return []
  const line = (name: string, share: number, range: Markup) => [
    html`${name}`,
    cellBar(share),
    html`${percent(share)}`,
    range,
  ]
  const range = (interval: [number, number] | null) =>
    interval === null ? NOTHING : html`${percent(interval[0])} to ${percent(interval[1])}`
  return [
    {
      id: 'pairs',
      title: 'Paraphrases',
      body: html`<p>${pairs.pairs} pairs of ${pairs.file} that mean the same: do both get the same route? Two abstentions
agree.</p>${htmlTable(
        [
          { name: '' },
          { name: '' },
          { name: 'share', isNumber: true },
          { name: '95 %', isNumber: true },
        ],
        [
          line('same route', pairs.agreement, range(pairs.interval)),
          line('same best route, before thresholds', pairs.topAgreement, NOTHING),
          ...(pairs.bothRight === null ? [] : [line('both right', pairs.bothRight, NOTHING)]),
          line('routed to two different routes', pairs.contradiction, NOTHING),
          line('plain kNN-10 majority, same route', pairs.knnAgreement, range(pairs.knnInterval)),
        ],
      )}`,
    },
  ]
}

const flipBody = (
  report: FlipReport,
  text: string,
): Markup => html`<p>${text} ${report.rewritings} rewritings of
${report.prompts} prompts.</p>
<div class="legend"><span><i class="key k1"></i>this router</span><span><i class="key k2"></i>ring: plain kNN-10 majority</span></div>
${figureOf(
  flipChart(report.kinds),
  html`Same route: ${percent(1 - (report.flipRate ?? 0))}${
    report.interval === null
      ? NOTHING
      : html` (95 %: ${percent(1 - report.interval[1])} to ${percent(1 - report.interval[0])})`
  }; plain kNN-10 ${percent(1 - (report.knnFlipRate ?? 0))}.`,
)}
<details><summary>By route</summary>${htmlTable(
  [
    { name: 'label' },
    { name: 'rewritings', isNumber: true },
    { name: 'same route', isNumber: true },
    { name: 'to a wrong route', isNumber: true },
  ],
  report.routes
    .slice(0, MAX_ROUTES)
    .map((route) => [
      routeName(route.name),
      html`${route.rows}`,
      html`${percent(1 - route.flipRate)}`,
      html`${percent(route.wrongFlipRate)}`,
    ]),
)}</details>`

export const flipSections = ({ flips }: EvalReport): Section[] =>
  flips === null
    ? []
    : [
        {
          id: 'flips',
          title: 'Rewritten prompts',
          body: flipBody(flips.perturbed, 'The same request in another dress must keep its route.'),
        },
        {
          id: 'adversarial',
          title: 'Misleading suffixes',
          body: flipBody(
            flips.adversarial,
            'Words put after the prompt to draw it to another route.',
          ),
        },
      ]

export const conformalSection = ({ conformal: check }: EvalReport): Section[] =>
  check === null
    ? []
    : [
        {
          id: 'conformal',
          title: 'Conformal rule',
          body: html`<p>Thresholds are set on a random half of the test rows so that at most ${percent(check.risk)} of
prompts go to a wrong route, and tested on the other half. By its promise this may fail in ${percent(check.delta)} of the
splits.</p>
<div class="figures">${figureOf(riskHistogram(check), html`Kept in ${percent(check.kept)} of ${check.splits} splits (${check.calibrationRows} rows set it, ${check.measuredRows} tested it).`)}
<div>${htmlTable(
            [{ name: '' }, { name: '', isNumber: true }],
            [
              [html`wrong routes, mean`, html`${percent(check.meanWrong)}`],
              [html`wrong routes, 95th percentile`, html`${percent(check.highWrong)}`],
              [html`coverage`, html`${percent(check.coverage)}`],
              [html`splits with too few rows to promise it`, html`${percent(check.silent)}`],
            ],
          )}</div></div>`,
        },
      ]
