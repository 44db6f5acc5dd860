// The doctor's findings as people read them: a line each, cause and fix below what is wrong, and a sentence at the end.
import type { Finding, FindingStatus } from '../../src/quality/doctor/finding.ts'
import type { Span, Style } from '../terminal/style.ts'

const MARKS: Record<FindingStatus, [mark: string, style: Style]> = {
  ok: ['ok', 'green'],
  warning: ['warn', 'yellow'],
  failure: ['FAIL', 'red'],
  skipped: ['–', 'dim'],
}

const MARK_WIDTH = 6

const nameOf = ({ check, subject }: Finding): string => (subject ? `${check} ${subject}` : check)

const linesOf = (finding: Finding, width: number): Span[][] => {
  const [mark, style] = MARKS[finding.status]
  const indent = ' '.repeat(MARK_WIDTH + width + 2)
  const [first = '', ...rest] = finding.detail.split('\n')
  const cause = finding.cause?.split('\n') ?? []
  return [
    [
      { text: mark.padEnd(MARK_WIDTH), style },
      { text: nameOf(finding).padEnd(width + 2), style: 'bold' },
      first,
    ],
    ...rest.map((line): Span[] => [`${indent}${line.trim()}`]),
    ...cause.map((line, i): Span[] => [`${indent}${i === 0 ? 'why: ' : '     '}${line.trim()}`]),
    ...(finding.fix ? [[`${indent}fix: `, { text: finding.fix, style: 'bold' as const }]] : []),
  ]
}

const count = (findings: readonly Finding[], status: FindingStatus): number =>
  findings.filter((finding) => finding.status === status).length

export const describeFindings = (findings: readonly Finding[]): Span[][] => {
  const width = Math.max(0, ...findings.map((finding) => nameOf(finding).length))
  const failures = count(findings, 'failure')
  const warnings = count(findings, 'warning')
  const well = `${count(findings, 'ok')} checks are well`
  const end: Span =
    failures > 0
      ? { text: `${failures} of ${findings.length} checks fail.`, style: 'red' }
      : { text: `${well}${warnings > 0 ? `, ${warnings} with a warning` : ''}.`, style: 'green' }
  return [...findings.flatMap((finding) => linesOf(finding, width)), [], [end]]
}
