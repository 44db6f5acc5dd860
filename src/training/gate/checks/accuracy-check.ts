// Is the candidate right as often as the serving generation? On the same prompts, so that a pair of figures cannot hide what
// was broken behind what was mended; and on the operator's prompts and on the callers' each by itself, so that many votes that
// were learnt cannot hide that the operator's own prompts were lost.
import type { GateCheck } from '../../reports/gate-report.ts'
import { chanceOfBreaks, fixesAndBreaks, type GateRow, SIGNIFICANT } from './gate-row.ts'
import { chance, count, counted, percent } from './wording.ts'

/** Fewer net breaks are a handful of borderline prompts, whatever share of a small set they are. */
const LEAST_NET_BREAKS = 3
/** A drop that is too large is refused from here on: sooner than a smaller one, but not for what a coin would do. */
const LIKELY = 0.1

const SUBJECTS = {
  file: { name: 'accuracy', noun: 'held-out prompt' },
  votes: { name: 'votes', noun: 'voted prompt' },
} as const

/** @param maxDrop share of the prompts, 0 to 1 @param set whose prompts are judged; the others are passed over */
export const checkAccuracy = (
  all: readonly GateRow[],
  maxDrop: number,
  set: GateRow['set'] = 'file',
): GateCheck => {
  const { name, noun } = SUBJECTS[set]
  const rows = all.filter((row) => row.set === set)
  if (rows.length === 0) {
    return {
      name,
      verdict: 'skipped',
      summary: `There are no ${noun}s to be right or wrong on.`,
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
    name,
    verdict: isLarge || isSignificant ? 'failed' : 'passed',
    summary:
      `Right on ${count(right)} of ${counted(rows.length, noun)} (serving: ${count(before)}): ` +
      `fixes ${count(fixes)}, breaks ${count(breaks)}, ${chance(pValue)}.${why}`,
    figures: { rows: rows.length, right, servingRight: before, fixes, breaks, pValue },
  }
}
