// The optional parts of the text report; each is empty where it was not asked for.

import type { EvalReport } from '../../../src/quality/evaluation/eval-report.ts'
import type { FlipReport } from '../../../src/quality/evaluation/flips.ts'
import { percent, preview } from '../../terminal/output.ts'
import { table } from '../../terminal/table.ts'

const MAX_ROUTES = 5
const MAX_ROWS = 10
const TEXT_CHARS = 60

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`)

const range = (interval: [number, number] | null): string =>
  interval === null ? '' : ` (95 %: ${percent(interval[0])} to ${percent(interval[1])})`

export const noneSetLines = ({ noneSets }: EvalReport): string[] => {
  if (noneSets.length === 0) return []
  const rows = noneSets.map((set) => [
    set.name,
    String(set.rows),
    percent(set.auroc),
    percent(set.aupr),
    percent(set.recallAt95),
    percent(set.turnedAway),
  ])
  return [
    '',
    'None of the above, distinguished from the in-scope test rows by novelty:',
    ...indented(
      table([
        ['set', 'rows', 'AUROC', 'AUPR', 'recall at 95 % in-scope', 'turned away now'],
        ...rows,
      ]),
    ),
  ]
}

/** One table for each grouping that was asked for. */
export const groupLines = ({ groups: groupings }: EvalReport): string[] =>
  groupings.flatMap(({ by, groups }) => [
    '',
    ...table([
      [by, 'rows', 'right', 'before thresholds', 'kNN-10', 'turned away'],
      ...groups.map((group) => [
        preview(group.name, TEXT_CHARS),
        String(group.rows),
        percent(group.right / group.rows),
        percent(group.topRight / group.rows),
        percent(group.knnRight / group.rows),
        percent(group.falseAbstentions / group.rows),
      ]),
    ]),
  ])

export const pairLines = ({ pairs }: EvalReport): string[] => {
  if (pairs === null) return []
  const right = pairs.bothRight === null ? '' : `, both right ${percent(pairs.bothRight)}`
  return [
    '',
    `Paraphrases, ${pairs.pairs} pairs of ${pairs.file}:`,
    `  same route ${percent(pairs.agreement)}${range(pairs.interval)}${right}; before thresholds ${percent(pairs.topAgreement)}`,
    `  plain kNN-10 majority ${percent(pairs.knnAgreement)}${range(pairs.knnInterval)}`,
  ]
}

const flipTable = (report: FlipReport): string[] =>
  table([
    ['rewriting', 'rows', 'same route', 'kNN-10', 'to a wrong route'],
    ...report.kinds.map((kind) => [
      kind.name,
      String(kind.rows),
      percent(1 - kind.flipRate),
      percent(1 - kind.knnFlipRate),
      percent(kind.wrongFlipRate),
    ]),
  ])

const flipSection = (title: string, report: FlipReport): string[] => {
  if (report.flipRate === null) return []
  const kept = report.interval && ([1 - report.interval[1], 1 - report.interval[0]] as const)
  const worst = report.routes.filter(({ flipRate }) => flipRate > 0).slice(0, MAX_ROUTES)
  return [
    '',
    `${title}: same route ${percent(1 - report.flipRate)}${range(kept && [...kept])}, plain kNN-10 ${percent(1 - (report.knnFlipRate ?? 0))}; ${report.rewritings} rewritings of ${report.prompts} prompts`,
    ...indented(flipTable(report)),
    ...(worst.length === 0
      ? []
      : [
          `  most flips: ${worst.map(({ name, flipRate }) => `${name} ${percent(flipRate)}`).join(', ')}`,
        ]),
  ]
}

export const flipLines = ({ flips }: EvalReport): string[] =>
  flips === null
    ? []
    : [
        ...flipSection('Rewritten harmlessly', flips.perturbed),
        ...flipSection('With a misleading suffix', flips.adversarial),
      ]

export const conformalLines = ({ conformal: check }: EvalReport): string[] =>
  check === null
    ? []
    : [
        '',
        `Conformal rule at most ${percent(check.risk)} of prompts to a wrong route (may fail in ${percent(check.delta)}):`,
        `  kept in ${percent(check.kept)} of ${check.splits} random halves (${check.calibrationRows} rows set it, ${check.measuredRows} tested it)`,
        `  wrong routes ${percent(check.meanWrong)} on average, ${percent(check.highWrong)} at the 95th percentile; coverage ${percent(check.coverage)}`,
        ...(check.silent > 0
          ? [
              `  too few rows to promise it in ${percent(check.silent)} of the splits: nothing routed`,
            ]
          : []),
      ]

export const auditLines = ({ audit }: EvalReport): string[] => {
  if (audit === null) return []
  const suspects = audit.suspects
    .slice(0, MAX_ROWS)
    .map(
      (s) =>
        `  ${s.label} → ${s.predicted} ${percent(s.confidence)} (own ${percent(s.ownProbability)})  "${preview(s.text, TEXT_CHARS)}"`,
    )
  const twins = audit.duplicates
    .slice(0, MAX_ROWS)
    .map(
      ({ similarity, routes, texts }) =>
        `  ${similarity.toFixed(3)}  ${routes[0]}: "${preview(texts[0], TEXT_CHARS)}"  ${routes[1]}: "${preview(texts[1], TEXT_CHARS)}"`,
    )
  return [
    '',
    `Training rows: unseen, ${audit.disagreements} of ${audit.rows} get another route, ${audit.likelyWrong} are likely mislabelled. The worst (label → predicted):`,
    ...suspects,
    `Near-duplicates across routes (cosine from ${audit.duplicatesFrom}): ${audit.duplicatePairs}`,
    ...twins,
  ]
}
