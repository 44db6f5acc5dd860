// Rules on how a route's exemplars are written: one opening, one form, one length. A classifier learns the style then,
// and loses the route as soon as prompts come from another source.
import { counted, type Finding, type LintRow, median, rowsByRoute, share } from './finding.ts'

const MIN_ROWS = 8
/** Share of a route's exemplars from which a common opening or ending is its style. */
const COMMON_FRAME = 0.5
/** Share from which a habit (all lower case, all questions) is without exception, and the share elsewhere that makes it tell. */
const HABIT = 0.95
const HABIT_ELSEWHERE = 0.6
const LENGTH_RATIO = 4
const FRAME_WORDS = 3
const FRAMES: readonly [name: string, of: (words: string[]) => string][] = [
  ['start with', (words) => words.slice(0, FRAME_WORDS).join(' ')],
  ['end with', (words) => words.slice(-FRAME_WORDS).join(' ')],
]
const HABITS: readonly [name: string, has: (text: string) => boolean][] = [
  ['are in lower case throughout', (text) => text === text.toLowerCase() && /\p{Ll}/u.test(text)],
  ['are in upper case throughout', (text) => text === text.toUpperCase() && /\p{Lu}/u.test(text)],
  ['end with a question mark', (text) => /\?\s*$/.test(text)],
  ['end with a full stop', (text) => /\.\s*$/.test(text)],
  ['are a single line of five words or fewer', (text) => text.trim().split(/\s+/).length <= 5],
]

const OTHER_SOURCES =
  'Add exemplars written in other ways: as questions and orders, long and short, lower case, with typos, by other people.'

const frameFindings = (route: string, own: readonly LintRow[]): Finding[] =>
  FRAMES.flatMap(([name, frameOf]) => {
    const counts = new Map<string, LintRow[]>()
    for (const row of own) {
      const words = row.text.toLowerCase().trim().split(/\s+/)
      if (words.length <= FRAME_WORDS) continue
      const frame = frameOf(words)
      counts.set(frame, [...(counts.get(frame) ?? []), row])
    }
    const [frame, rows] = [...counts].sort((a, b) => b[1].length - a[1].length)[0] ?? ['', []]
    const part = rows.length / own.length
    if (part < COMMON_FRAME) return []
    return [
      {
        rule: 'single-style',
        severity: 'warning' as const,
        route,
        message: `${share(part)} of the exemplars of ${route} ${name} ${JSON.stringify(frame)}: prompts of other forms will be missed.`,
        where: rows.slice(0, 3).map(({ location }) => location),
        fix: OTHER_SOURCES,
        figures: { share: part },
      },
    ]
  })

const shareWith = (rows: readonly LintRow[], has: (text: string) => boolean): number =>
  rows.filter(({ text }) => has(text)).length / Math.max(1, rows.length)

const habitFindings = (
  route: string,
  own: readonly LintRow[],
  others: readonly LintRow[],
): Finding[] =>
  HABITS.flatMap(([name, has]) => {
    const [here, elsewhere] = [shareWith(own, has), shareWith(others, has)]
    if (others.length === 0 || here < HABIT || elsewhere > HABIT_ELSEWHERE) return []
    return [
      {
        rule: 'single-style',
        severity: 'warning' as const,
        route,
        message: `${share(here)} of the exemplars of ${route} ${name}, elsewhere ${share(elsewhere)}: the form gives the route away.`,
        where: own.slice(0, 3).map(({ location }) => location),
        fix: OTHER_SOURCES,
        figures: { share: here, elsewhere },
      },
    ]
  })

const lengthFindings = (lengths: Map<string, number>, usual: number): Finding[] =>
  [...lengths].flatMap(([route, length]) => {
    const ratio = Math.max(length / usual, usual / length)
    if (ratio < LENGTH_RATIO) return []
    const kind = length > usual ? 'long' : 'short'
    return [
      {
        rule: 'unbalanced-length',
        severity: 'warning' as const,
        route,
        message: `The exemplars of ${route} are ${kind}: ${counted(length, 'character')} in the middle, ${usual} over the other routes.`,
        where: [],
        fix: `Add ${kind === 'long' ? 'short' : 'long'} prompts of ${route}, so that length does not stand for the route.`,
        figures: { medianChars: length, usualChars: usual },
      },
    ]
  })

/** Findings on form, for routes with exemplars enough to have one. */
export const styleFindings = (rows: readonly LintRow[]): Finding[] => {
  const findings: Finding[] = []
  const lengths = new Map<string, number>()
  for (const [route, positions] of rowsByRoute(rows)) {
    if (positions.length < MIN_ROWS) continue
    const own = positions.map((i) => rows[i] as LintRow)
    const others = rows.filter((row) => row.route !== route)
    lengths.set(route, median(own.map(({ text }) => text.length)))
    findings.push(...frameFindings(route, own), ...habitFindings(route, own, others))
  }
  const usual = Math.max(1, median([...lengths.values()]))
  return lengths.size < 3 ? findings : [...findings, ...lengthFindings(lengths, usual)]
}
