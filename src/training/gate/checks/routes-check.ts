// Checks the recall of each route, so that a gain of others cannot hide its loss. Each route has few prompts, so the allowed drop is
// larger than that of the whole set, and the drop must be significant.

import { groupBy } from '../../../core/group-by.ts'
import { holm } from '../../../core/statistics/holm.ts'
import { percent } from '../../../core/statistics/percent.ts'
import type { FixesAndBreaks, GateCheck } from '../../reports/gate-report.ts'
import { chanceOfBreaks, fixesAndBreaks, type GateRow, isBroken, SIGNIFICANT } from './gate-row.ts'
import { chance, count, counted, listed, quoted } from './wording.ts'

interface RouteChange extends FixesAndBreaks {
  route: string
  /** Recall of the serving generation and of the candidate. */
  before: number
  after: number
  /** Texts of broken prompts that may be shown. */
  broken: string[]
}

const MOST_NAMED = 3
const MOST_TEXTS = 2

const changeOf = (route: string, rows: readonly GateRow[]): RouteChange => {
  const rightShare = (of: 'serving' | 'candidate') =>
    rows.filter((row) => row[of].isRight).length / rows.length
  return {
    route,
    ...fixesAndBreaks(rows),
    before: rightShare('serving'),
    after: rightShare('candidate'),
    broken: rows.flatMap((row) => (isBroken(row) && row.text !== null ? [row.text] : [])),
  }
}

const describe = ({ route, before, after, rows, breaks, fixes, broken }: RouteChange): string => {
  const texts = broken.slice(0, MOST_TEXTS).map(quoted)
  const examples = texts.length > 0 ? `, such as ${listed(texts)}` : ''
  const tally = `breaks ${count(breaks)} and fixes ${count(fixes)} of ${counted(rows, 'prompt')}`
  return `${route} falls from ${percent(before)} to ${percent(after)} (${tally}${examples})`
}

const failedSummary = (failed: readonly RouteChange[]): string => {
  const named = failed.slice(0, MOST_NAMED).map(describe)
  const more = failed.length - named.length
  return `Some routes are found less often: ${named.join('; ')}${more > 0 ? `; and ${more} more` : ''}.`
}

/** @param maxDrop of one route's recall, 0 to 1 */
export const checkRoutes = (rows: readonly GateRow[], maxDrop: number): GateCheck => {
  const changes = [...groupBy(rows, ({ label }) => label)].map(([route, own]) =>
    changeOf(route, own),
  )
  if (changes.length === 0) {
    const summary = 'There are no held-out prompts of any route.'
    return { name: 'routes', verdict: 'skipped', summary, figures: {} }
  }
  const pValues = holm(changes.map(chanceOfBreaks))
  const failed = changes
    .filter(
      ({ before, after }, i) => before - after > maxDrop && (pValues[i] as number) < SIGNIFICANT,
    )
    .sort((a, b) => b.before - b.after - (a.before - a.after))
  const [worst] = [...changes].sort((a, b) => b.before - b.after - (a.before - a.after))
  const fall = worst ? worst.before - worst.after : 0
  const p = worst ? (pValues[changes.indexOf(worst)] as number) : 1
  const passed =
    worst && fall > 0
      ? `No route loses more than chance explains; the most ${worst.route}, from ${percent(worst.before)} to ${percent(worst.after)} of ${counted(worst.rows, 'prompt')} (${chance(p)} over ${counted(changes.length, 'route')}).`
      : `None of ${counted(changes.length, 'route')} is found less often.`
  return {
    name: 'routes',
    verdict: failed.length > 0 ? 'failed' : 'passed',
    summary: failed.length > 0 ? failedSummary(failed) : passed,
    figures: { routes: changes.length, failed: failed.length, largestDrop: Math.max(0, fall) },
  }
}
