// `eval --html`: the evaluation as a page, key figures first, then one section for each part that was measured.

import { html, type Markup } from '../../../src/dashboard/charts/html.ts'
import type { EvalReport } from '../../../src/quality/evaluation/eval-report.ts'
import { percent } from '../../terminal/output.ts'
import { figure, subjectText } from '../describe-evaluation.ts'
import { intervalMark } from './bar-charts.ts'
import { card, type Page, page, type Section } from './page.ts'
import { conformalSection, flipSections, noneSection, pairSection } from './robustness-sections.ts'
import {
  calibrationSection,
  confusionSection,
  riskSection,
  routeSection,
} from './routing-sections.ts'
import { auditSection, groupSections, mistakeSection } from './row-sections.ts'

const withInterval = (share: number | null, interval: [number, number] | null): Markup =>
  share === null || interval === null
    ? html`no interval`
    : html`${intervalMark(share, interval)}95 %: ${percent(interval[0])} to ${percent(interval[1])}`

const cardsOf = (report: EvalReport): Markup[] => [
  ...accuracyCards(report),
  ...confidenceCards(report),
  ...robustnessCards(report),
]

const accuracyCards = (report: EvalReport): Markup[] => [
  card({
    name: 'Accuracy',
    value: percent(report.accuracy),
    note: withInterval(report.accuracy, report.accuracyInterval),
  }),
  card({
    name: 'Macro-F1',
    value: percent(report.macroF1),
    note: withInterval(report.macroF1, report.macroF1Interval),
  }),
  card({
    name: 'Sent to a wrong route',
    value: percent(report.wrongRouteRate),
    note: html`${percent(report.abstention.coverage)} routed, ${percent(report.abstention.selectiveAccuracy)} of them right`,
  }),
]

const confidenceCards = ({ calibration, riskCoverage }: EvalReport): Markup[] => [
  card({
    name: 'Calibration error (ECE)',
    value: percent(calibration.equalMass.ece),
    note: html`bins of equal mass; ${percent(calibration.equalWidth.ece)} of equal width`,
  }),
  card({
    name: 'Area under risk–coverage',
    value: figure(riskCoverage.aurc),
    note: html`${figure(riskCoverage.excessAurc)} above the best order`,
  }),
]

/** Of what was measured only: each needs rows of its own. */
const robustnessCards = ({ noneSets, pairs, flips }: EvalReport): Markup[] => {
  const cards: Markup[] = []
  const far = noneSets[0]
  if (far) {
    cards.push(
      card({
        name: 'AUROC, none of the above',
        value: percent(far.auroc),
        note: html`${far.name}; recall ${percent(far.recallAt95)} at 95 % in-scope`,
      }),
    )
  }
  if (pairs) {
    cards.push(
      card({
        name: 'Same route under paraphrase',
        value: percent(pairs.agreement),
        note: html`${pairs.pairs} pairs; plain kNN-10 ${percent(pairs.knnAgreement)}`,
      }),
    )
  }
  if (flips && flips.perturbed.flipRate !== null) {
    cards.push(
      card({
        name: 'Same route when rewritten',
        value: percent(1 - flips.perturbed.flipRate),
        note: html`plain kNN-10 ${percent(1 - (flips.perturbed.knnFlipRate ?? 0))}`,
      }),
    )
  }
  return cards
}

/** @returns a whole HTML document; all texts and names in it are escaped */
export const evaluationPage = (report: EvalReport): string => {
  const sections: Section[] = [
    calibrationSection(report),
    riskSection(report),
    ...noneSection(report),
    ...pairSection(report),
    ...flipSections(report),
    ...conformalSection(report),
    routeSection(report),
    ...groupSections(report),
    confusionSection(report),
    ...mistakeSection(report),
    ...auditSection(report),
  ]
  const content: Page = {
    title: 'Signalbox evaluation',
    ...(report.made && { made: `signalbox eval ${report.made.version} at ${report.made.at}` }),
    lead: html`${subjectText(report.trainedOn)}, measured on ${report.rows} rows of ${report.test} (${report.noneRows} none of the above). Accuracy counts an abstention as wrong; before thresholds it is ${percent(report.topAccuracy)}.`,
    cards: cardsOf(report),
    sections,
  }
  return page(content)
}
