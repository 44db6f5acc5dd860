// Rules that need the texts alone: twins, conflicts, leakage, damaged characters, cut and empty texts.
import { textKey } from '../../training/exemplars/exemplar-line.ts'
import { counted, type Finding, type LintRow, quoted, removal, rowsByRoute } from './finding.ts'

/** Damage that comes from a wrong decoding or a careless copy, by what it looks like in the text. */
const DAMAGE: readonly [name: string, pattern: RegExp, fix: string][] = [
  [
    'replacement characters (U+FFFD)',
    /\uFFFD/u,
    'Fetch the text again from its source; the letters are lost here.',
  ],
  [
    'UTF-8 that was read as Windows-1252 (“Ã©”, “â€™”)',
    /Ã[\u0080-\u00BF]|â€[\u0080-\u00BF\u2018-\u203A™œ˜]|Â[\u00A0-\u00BF]/u,
    'Decode the source as UTF-8 and take the text again; leave it where the prompt is about such damage.',
  ],
  ['control characters', /(?![\t\n\r])\p{Cc}/u, 'Remove them.'],
  [
    'half of a surrogate pair',
    /[\uD800-\uDFFF]/u,
    'Repair the escape: an emoji is two \\u escapes.',
  ],
  [
    'invisible or direction-changing characters',
    /[\u200B\u200E\u200F\u202A-\u202E\u2060-\u2064\u2066-\u2069]|(?!^)\uFEFF/u,
    'Remove them.',
  ],
  [
    'HTML entities',
    /&(?:#39|#x27|quot|nbsp|amp;(?:lt|gt|quot|amp|#39));/u,
    'Decode them: prompts are typed as text.',
  ],
]

const damageRule = (rows: readonly LintRow[]): Finding[] =>
  DAMAGE.flatMap(([name, pattern, fix]) => {
    const damaged = rows.filter(({ text }) => pattern.test(text))
    if (damaged.length === 0) return []
    return [
      {
        rule: 'encoding',
        severity: 'warning' as const,
        route: null,
        message: `${counted(damaged.length, 'text')} with ${name}: ${quoted(damaged[0]?.text ?? '')}.`,
        where: damaged.map(({ location }) => location),
        fix,
        figures: { rows: damaged.length },
      },
    ]
  })

const twinFinding = (first: LintRow, twin: LintRow): Finding => {
  const where = [twin.location, first.location]
  const isExact = first.text.trim() === twin.text.trim()
  if (first.route === twin.route) {
    return {
      rule: 'duplicate',
      severity: isExact ? 'error' : 'warning',
      route: twin.route,
      message: isExact
        ? `The same text stands in the route twice: ${quoted(twin.text)}.`
        : `Two texts differ in case or white space only: ${quoted(twin.text)}.`,
      where,
      fix: `Remove ${twin.location}.`,
      edits: [removal(twin)],
      figures: {},
    }
  }
  return {
    rule: 'conflict',
    severity: 'error',
    route: null,
    message: `The same text is ${first.route} and ${twin.route}: ${quoted(twin.text)}.`,
    where,
    fix: 'Keep the line whose route is right and remove the other.',
    edits: [removal(twin), removal(first)],
    figures: {},
  }
}

const twinRule = (rows: readonly LintRow[]): Finding[] => {
  const byText = new Map<string, LintRow>()
  const byId = new Map<string, LintRow>()
  const findings: Finding[] = []
  for (const row of rows) {
    const twin = byText.get(textKey(row.text))
    const namesake = byId.get(row.id)
    if (twin) findings.push(twinFinding(twin, row))
    else if (namesake) {
      findings.push({
        rule: 'duplicate',
        severity: 'error',
        route: row.route,
        message: `The id ${JSON.stringify(row.id)} is taken.`,
        where: [row.location, namesake.location],
        fix: 'Give it another id, or none: one is derived from the text.',
        figures: {},
      })
    }
    if (!twin) byText.set(textKey(row.text), row)
    byId.set(row.id, row)
  }
  return findings
}

const leakageRule = (rows: readonly LintRow[], heldOut: readonly LintRow[]): Finding[] => {
  const byText = new Map(rows.map((row) => [textKey(row.text), row]))
  return heldOut.flatMap((row) => {
    const exemplar = byText.get(textKey(row.text))
    if (!exemplar) return []
    return [
      {
        rule: 'leakage',
        severity: 'error' as const,
        route: row.route,
        message: `A held-out prompt is an exemplar, so that the measured accuracy is too good: ${quoted(row.text)}.`,
        where: [row.location, exemplar.location],
        fix: `Remove ${exemplar.location}, or put another prompt in ${row.location}.`,
        edits: [removal(exemplar)],
        figures: {},
      },
    ]
  })
}

/** One finding per route for the rows that `isMeant` picks. */
const perRoute = (
  rows: readonly LintRow[],
  isMeant: (row: LintRow) => boolean,
  finding: (count: number) => Pick<Finding, 'rule' | 'message' | 'fix' | 'severity'>,
): Finding[] =>
  [...rowsByRoute(rows)].flatMap(([route, positions]) => {
    const meant = positions.map((i) => rows[i] as LintRow).filter(isMeant)
    if (meant.length === 0) return []
    const where = meant.map(({ location }) => location)
    return [{ ...finding(meant.length), route, where, figures: { rows: meant.length } }]
  })

const cutRule = (rows: readonly LintRow[]): Finding[] =>
  perRoute(
    rows,
    ({ isCut }) => isCut,
    (count) => ({
      rule: 'cut-text',
      severity: 'note',
      message: `${counted(count, 'exemplar')} longer than what is read of a prompt: parts of the text count for nothing.`,
      fix: 'Shorten the pasted material; keep the instruction at the start or the end.',
    }),
  )

const emptyRule = (rows: readonly LintRow[]): Finding[] =>
  perRoute(
    rows,
    ({ hasSignal }) => !hasSignal,
    (count) => ({
      rule: 'no-signal',
      severity: 'note',
      message: `${counted(count, 'exemplar')} without a letter or digit; such prompts are never compared with anything.`,
      fix: 'Remove the lines.',
    }),
  )

/** Findings that need no encoder. */
export const textFindings = (rows: readonly LintRow[], heldOut: readonly LintRow[]): Finding[] => [
  ...twinRule(rows),
  ...leakageRule(rows, heldOut),
  ...damageRule([...rows, ...heldOut]),
  ...emptyRule(rows),
  ...cutRule(rows),
]
