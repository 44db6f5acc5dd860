// Compares the accuracy of candidate and serving generation, paired by prompt, so that fixes cannot hide breaks; separately for the
// operator's and for the callers' prompts, so that learned votes cannot hide losses on the operator's own prompts.

import { percent } from '../../../core/statistics/percent.ts'
import type { GateCheck } from '../../reports/gate-report.ts'
import { chanceOfBreaks, fixesAndBreaks, type GateRow, SIGNIFICANT } from './gate-row.ts'
import { chance, count, counted } from './wording.ts'

/** Fewer net breaks never fail the check, whatever share of a small set they are. */
const LEAST_NET_BREAKS = 3
/** p-value below which a drop larger than `maxDrop` is refused: less strict than for smaller drops. */
const LIKELY = 0.1

const SUBJECTS = {
  file: { name: 'accuracy', noun: 'held-out prompt' },
  votes: { name: 'votes', noun: 'voted prompt' },
} as const

/** @param maxDrop share of the prompts, 0 to 1 @param set of the prompts that are compared; others are ignored */
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
