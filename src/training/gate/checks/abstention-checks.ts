// Checks the rate of abstentions: a candidate that abstains more can be as accurate on the remaining prompts and still be worse.
import { isNoneLabel } from '../../../core/classifier/evaluate.ts'
import { percent } from '../../../core/statistics/percent.ts'
import type { GateCheck } from '../../reports/gate-report.ts'
import {
  chanceOfBreaks,
  type GateRow,
  isTurnedAway,
  SIGNIFICANT,
  turnedAndTaken,
} from './gate-row.ts'
import { chance, count, counted } from './wording.ts'

interface Asked {
  name: 'abstention' | 'coverage'
  noun: string
  /** Largest share of the prompts that may become abstentions, 0 to 1. */
  most: number
}

const check = (rows: readonly GateRow[], { name, noun, most }: Asked): GateCheck => {
  if (rows.length === 0) {
    return { name, verdict: 'skipped', summary: `There are no ${noun}s.`, figures: {} }
  }
  const { fixes, breaks, pValue } = turnedAndTaken(rows)
  const after = rows.filter(({ candidate }) => isTurnedAway(candidate)).length
  const before = after - breaks + fixes
  const rise = (after - before) / rows.length
  const isWorse = rise > most && chanceOfBreaks({ fixes, breaks }) < SIGNIFICANT
  const why = isWorse ? ` It turns away ${percent(rise)} more; ${percent(most)} is allowed.` : ''
  return {
    name,
    verdict: isWorse ? 'failed' : 'passed',
    summary:
      `Turns away ${count(after)} of ${counted(rows.length, noun)} (serving: ${count(before)}): ` +
      `${count(breaks)} more, ${count(fixes)} no longer, ${chance(pValue)}.${why}`,
    figures: { rows: rows.length, turnedAway: after, servingTurnedAway: before, pValue },
  }
}

/** On the operator's prompts that a route fits. @param most allowed share of new abstentions, 0 to 1 */
export const checkAbstention = (rows: readonly GateRow[], most: number): GateCheck =>
  check(
    rows.filter(({ set, label }) => set === 'file' && !isNoneLabel(label)),
    { name: 'abstention', noun: 'in-scope held-out prompt', most },
  )

/** On voted prompts; those of the default route are no abstentions there. @param most allowed share of new abstentions, 0 to 1 */
export const checkCoverage = (rows: readonly GateRow[], most: number): GateCheck =>
  check(
    rows.filter(({ set }) => set === 'votes'),
    { name: 'coverage', noun: 'voted prompt', most },
  )
