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

/** Lines of at most `columns` characters, broken between words; a longer word stands alone. */
const wrapped = (text: string, columns: number): string[] => {
  const lines: string[] = []
  for (const paragraph of text.split('\n')) {
    let line = ''
    for (const word of paragraph.trim().split(/ +/)) {
      if (line !== '' && line.length + 1 + word.length > columns) {
        lines.push(line)
        line = word
      } else line = line === '' ? word : `${line} ${word}`
    }
    lines.push(line)
  }
  return lines
}

const LABEL_WIDTH = 'why: '.length

const MIN_COLUMNS = 20

interface Layout {
  /** Of the names of all checks. */
  width: number
  /** Of the terminal. */
  columns: number
}

const linesOf = (finding: Finding, { width, columns }: Layout): Span[][] => {
  const [mark, style] = MARKS[finding.status]
  const indent = ' '.repeat(MARK_WIDTH + width + 2)
  const room = Math.max(MIN_COLUMNS, columns - indent.length)
  const [first = '', ...rest] = wrapped(finding.detail, room)
  const labelled = (label: string, text: string, textStyle?: Style): Span[][] =>
    wrapped(text, room - LABEL_WIDTH).map((line, i) => [
      `${indent}${i === 0 ? label : ' '.repeat(LABEL_WIDTH)}`,
      textStyle ? { text: line, style: textStyle } : line,
    ])
  return [
    [
      { text: mark.padEnd(MARK_WIDTH), style },
      { text: nameOf(finding).padEnd(width + 2), style: 'bold' },
      first,
    ],
    ...rest.map((line): Span[] => [`${indent}${line}`]),
    ...(finding.cause ? labelled('why: ', finding.cause) : []),
    ...(finding.fix ? labelled('fix: ', finding.fix, 'bold') : []),
  ]
}

const count = (findings: readonly Finding[], status: FindingStatus): number =>
  findings.filter((finding) => finding.status === status).length

/** @param columns of the terminal; unbounded where the output is no terminal, so that a line stays one line */
export const describeFindings = (
  findings: readonly Finding[],
  columns = Number.POSITIVE_INFINITY,
): Span[][] => {
  const width = Math.max(0, ...findings.map((finding) => nameOf(finding).length))
  const failures = count(findings, 'failure')
  const warnings = count(findings, 'warning')
  const well = `${count(findings, 'ok')} checks are well`
  const end: Span =
    failures > 0
      ? { text: `${failures} of ${findings.length} checks fail.`, style: 'red' }
      : { text: `${well}${warnings > 0 ? `, ${warnings} with a warning` : ''}.`, style: 'green' }
  return [...findings.flatMap((finding) => linesOf(finding, { width, columns })), [], [end]]
}
