// The report of `signalbox lint` as text: rule by rule, each finding with its place and the change to make.
import { groupBy } from '../../src/core/group-by.ts'
import { counted, type Finding } from '../../src/quality/lint/finding.ts'
import type { LintReport } from '../../src/training/reports/lint-report.ts'

const SHOWN_PER_RULE = 5
const SHOWN_PLACES = 3

const places = ({ where }: Finding): string[] => {
  if (where.length === 0) return []
  const more = where.length > SHOWN_PLACES ? `, and ${where.length - SHOWN_PLACES} more` : ''
  return [`    at  ${where.slice(0, SHOWN_PLACES).join(', ')}${more}`]
}

/** Findings by severity and rule, in the order of the report. */
const groups = (findings: readonly Finding[]): Finding[][] => [
  ...groupBy(findings, ({ severity, rule }) => `${severity} ${rule}`).values(),
]

const counts = ({ errors, warnings, notes }: LintReport): string =>
  [counted(errors, 'error'), counted(warnings, 'warning'), counted(notes, 'note')].join(', ')

/** @param options.all every finding instead of the first five of each rule */
export const describeLint = (report: LintReport, options: { all: boolean }): string[] => {
  const { exemplars, routes, heldOut, lowPrompts } = report
  const past = lowPrompts > 0 ? `, ${lowPrompts} past prompts below the threshold` : ''
  const lines = [
    `${exemplars} exemplars of ${routes} routes, ${heldOut} held-out prompts${past}: ${counts(report)}.`,
  ]
  for (const group of groups(report.findings)) {
    const [first] = group
    lines.push('', `${first?.severity} ${first?.rule} (${group.length})`)
    const shown = options.all ? group : group.slice(0, SHOWN_PER_RULE)
    for (const finding of shown) {
      lines.push(`  ${finding.message}`, ...places(finding), `    fix ${finding.fix}`)
    }
    const rest = group.length - shown.length
    if (rest > 0) lines.push(`  … and ${rest} more (--all shows them)`)
  }
  return lines
}
