// Sections of the report that show rows: surest mistakes, doubtful labels, twins across routes.

import {
  html,
  type Markup,
  NOTHING,
  quoted,
  routeName,
} from '../../../src/dashboard/charts/html.ts'
import type { EvalReport } from '../../../src/quality/evaluation/eval-report.ts'
import { percent } from '../../terminal/output.ts'
import { htmlTable, type Section } from './page.ts'

export const mistakeSection = ({ mistakes }: EvalReport): Section[] =>
  mistakes.length === 0
    ? []
    : [
        {
          id: 'mistakes',
          title: 'Surest mistakes',
          body: html`<p>Test rows whose best route is wrong, by confidence. Some will be labelled wrongly.</p>${htmlTable(
            [
              { name: 'prompt' },
              { name: 'label' },
              { name: 'best route' },
              { name: 'confidence', isNumber: true },
            ],
            mistakes.map((row) => [
              quoted(row.text),
              routeName(row.label),
              routeName(row.top),
              html`${percent(row.confidence)}`,
            ]),
          )}`,
        },
      ]

export const groupSections = ({ groups: groupings }: EvalReport): Section[] =>
  groupings.map(({ by, groups }) => ({
    id: `by-${by}`,
    title: `By ${by}`,
    body: htmlTable(
      [
        { name: by },
        { name: 'rows', isNumber: true },
        { name: 'right', isNumber: true },
        { name: 'before thresholds', isNumber: true },
        { name: 'kNN-10', isNumber: true },
        { name: 'turned away', isNumber: true },
      ],
      groups.map((group) => [
        html`${group.name}`,
        html`${group.rows}`,
        ...[group.right, group.topRight, group.knnRight, group.falseAbstentions].map(
          (rows) => html`${percent(rows / group.rows)}`,
        ),
      ]),
    ),
  }))

type Audit = NonNullable<EvalReport['audit']>

const suspectTable = ({ suspects }: Audit): Markup =>
  suspects.length === 0
    ? NOTHING
    : htmlTable(
        [
          { name: 'exemplar' },
          { name: 'label' },
          { name: 'unseen, it gets' },
          { name: 'with', isNumber: true },
          { name: 'its own', isNumber: true },
          { name: '' },
        ],
        suspects.map((row) => [
          quoted(row.text),
          routeName(row.label),
          routeName(row.predicted),
          html`${percent(row.confidence)}`,
          html`${percent(row.ownProbability)}`,
          row.isLikelyWrong ? html`<span class="bad">likely wrong</span>` : NOTHING,
        ]),
      )

const twinTable = ({ duplicates }: Audit): Markup =>
  duplicates.length === 0
    ? NOTHING
    : htmlTable(
        [
          { name: 'cosine' },
          { name: 'route' },
          { name: 'exemplar' },
          { name: 'route' },
          { name: 'exemplar' },
        ],
        duplicates.map(({ texts, routes, similarity }) => [
          html`${similarity.toFixed(3)}`,
          routeName(routes[0]),
          quoted(texts[0], 120),
          routeName(routes[1]),
          quoted(texts[1], 120),
        ]),
      )

export const auditSection = ({ audit }: EvalReport): Section[] => {
  if (audit === null) return []
  return [
    {
      id: 'exemplars',
      title: 'Training rows',
      body: html`<p>Fitted without them, the classifier gives ${audit.disagreements} of ${audit.rows} rows another route than
their label; ${audit.likelyWrong} are likely mislabelled (confident learning). The worst:</p>${suspectTable(audit)}<h3>Near-duplicates across routes</h3><p>${audit.duplicatePairs} pairs of a cosine from ${audit.duplicatesFrom}.</p>${twinTable(audit)}`,
    },
  ]
}
