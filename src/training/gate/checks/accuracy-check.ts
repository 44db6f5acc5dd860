// Is the candidate right as often as the serving generation? On the same prompts, so that a pair of figures cannot hide what
// was broken behind what was mended.
import type { GateCheck } from '../../reports/gate-report.ts'
import { chanceOfBreaks, fixesAndBreaks, type GateRow, SIGNIFICANT } from './gate-row.ts'
import { chance, count, counted, percent } from './wording.ts'

/** Fewer net breaks are a handful of borderline prompts, whatever share of a small set they are. */
const LEAST_NET_BREAKS = 3
/** A drop that is too large is refused from here on: sooner than a smaller one, but not for what a coin would do. */
const LIKELY = 0.1

/** @param maxDrop share of all prompts, 0 to 1 */
export const checkAccuracy = (rows: readonly GateRow[], maxDrop: number): GateCheck => {
  if (rows.length === 0) {
    return {
      name: 'accuracy',
      verdict: 'skipped',
      summary: 'There are no held-out prompts to be right or wrong on.',
      figures: {},
    }
  }
  const { fixes, breaks, pValue } = fixesAndBreaks(rows)
  const right = rows.filter(({ candidate }) => candidate.isRight).length
  const before = right + breaks - fixes
  const drop = (before - right) / rows.length
  const isLarge =
    drop > maxDrop &&
    breaks - fixes >= LEAST_NET_BREAKS &&
    chanceOfBreaks({ fixes, breaks }) < LIKELY
  const isSignificant = breaks > fixes && pValue < SIGNIFICANT
  const why = isLarge
    ? ` It loses ${percent(drop)}; ${percent(maxDrop)} is allowed.`
    : isSignificant
      ? ' That is more than chance.'
      : ''
  return {
    name: 'accuracy',
    verdict: isLarge || isSignificant ? 'failed' : 'passed',
    summary:
      `Right on ${count(right)} of ${counted(rows.length, 'held-out prompt')} (serving: ${count(before)}): ` +
      `fixes ${count(fixes)}, breaks ${count(breaks)}, ${chance(pValue)}.${why}`,
    figures: { rows: rows.length, right, servingRight: before, fixes, breaks, pValue },
  }
}
