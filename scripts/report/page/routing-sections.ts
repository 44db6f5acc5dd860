// Sections of the report on the routing itself: calibration, risk and coverage, routes, confusions.

import { html, routeName } from '../../../src/dashboard/charts/html.ts'
import { matrixChart } from '../../../src/dashboard/charts/matrix-chart.ts'
import { reliabilityChart } from '../../../src/dashboard/charts/reliability-chart.ts'
import type { EvalReport } from '../../../src/quality/evaluation/eval-report.ts'
import { percent } from '../../terminal/output.ts'
import { figure } from '../describe-evaluation.ts'
import { cellBar } from './bar-charts.ts'
import { riskChart } from './curve-charts.ts'
import { figureOf, htmlTable, type Section } from './page.ts'

const MAX_PAIRS = 30

export const calibrationSection = ({ calibration }: EvalReport): Section => {
  const { equalMass, equalWidth } = calibration
  return {
    id: 'calibration',
    title: 'Calibration',
    body: html`<p>Does a claimed confidence come true? Dots on the dashed line keep their word; below it they claim too
much. A dot's area is its share of the rows.</p>
<div class="figures">
${figureOf(reliabilityChart(equalMass), html`Ten bins of equal mass: ECE ${percent(equalMass.ece)}, worst bin ${percent(equalMass.mce)}`)}
${figureOf(reliabilityChart(equalWidth), html`Ten bins of equal width: ECE ${percent(equalWidth.ece)}, worst bin ${percent(equalWidth.mce)}`)}
</div>`,
  }
}

export const riskSection = ({ riskCoverage }: EvalReport): Section => {
  const rows = riskCoverage.coverageAt.map((at) => [
    html`${percent(at.risk)}`,
    html`${percent(at.coverage)}`,
  ])
  return {
    id: 'risk',
    title: 'Risk and coverage',
    body: html`<p>What abstaining buys: prompts are answered from the surest on, before thresholds. The ring is where the
thresholds in force stand, by the same count: that no route fits is an answer, too.</p>
<div class="figures">
${figureOf(riskChart(riskCoverage.points, riskCoverage.inForce), html`AURC ${figure(riskCoverage.aurc)}, ${figure(riskCoverage.excessAurc)} above the best order of the same answers`)}
<div>${htmlTable([{ name: 'at most wrong' }, { name: 'answerable', isNumber: true }], rows)}</div>
</div>`,
  }
}

export const routeSection = ({ perRoute }: EvalReport): Section => ({
  id: 'routes',
  title: 'Routes',
  body: html`<p>After thresholds, the weakest first. A row that no route fits counts against the precision of the route that
it was sent to.</p>${htmlTable(
    [
      { name: 'route' },
      { name: 'F1' },
      { name: '', isNumber: true },
      { name: 'precision', isNumber: true },
      { name: 'recall', isNumber: true },
      { name: 'rows', isNumber: true },
      { name: 'routed', isNumber: true },
    ],
    [...perRoute]
      .sort((a, b) => a.f1 - b.f1)
      .map((r) => [
        routeName(r.route),
        cellBar(r.f1),
        html`${percent(r.f1)}`,
        html`${percent(r.precision)}`,
        html`${percent(r.recall)}`,
        html`${r.support}`,
        html`${r.predicted}`,
      ]),
  )}`,
})

export const confusionSection = ({ matrix, confusions }: EvalReport): Section => ({
  id: 'confusions',
  title: 'Confusions',
  body: html`<p>A line for each label, a column for each route taken; blue on the diagonal is right. The last column is
abstention, the last line rows that no route fits.</p>
<div class="wide">${matrixChart(matrix)}</div>
${
  confusions.length === 0
    ? html`<p>No row was sent to a wrong route.</p>`
    : html`<h3>Most frequent</h3>${htmlTable(
        [{ name: 'label' }, { name: 'route taken' }, { name: 'rows', isNumber: true }],
        confusions
          .slice(0, MAX_PAIRS)
          .map(({ label, route, count }) => [routeName(label), routeName(route), html`${count}`]),
      )}`
}`,
})
