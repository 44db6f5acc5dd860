// A prompt whose right route is known, as both generations decide it: what the gate's checks are made on.

import { mcnemar } from '../../../core/statistics/mcnemar.ts'
import type { FixesAndBreaks } from '../../reports/gate-report.ts'

export interface GateOutcome {
  isRight: boolean
  /** Whether a route took it; false where it went to the default route. */
  isTaken: boolean
  /** Whether the best route before thresholds is right; null where the right one was never trained. */
  isTopRight: boolean | null
  /** Claimed probability that it is, 0 to 1. */
  confidence: number
}

export interface GateRow {
  /** Where the prompt is from: a file of the operator's, or callers' votes. */
  set: 'file' | 'votes'
  /** Right route; `none` where no route fits. */
  label: string
  /** Null where it must not be shown: a caller's prompt. */
  text: string | null
  serving: GateOutcome
  candidate: GateOutcome
}

export const isFixed = ({ serving, candidate }: GateRow): boolean =>
  !serving.isRight && candidate.isRight

export const isBroken = ({ serving, candidate }: GateRow): boolean =>
  serving.isRight && !candidate.isRight

export const fixesAndBreaks = (rows: readonly GateRow[]): FixesAndBreaks => {
  const fixes = rows.filter(isFixed).length
  const breaks = rows.filter(isBroken).length
  return { rows: rows.length, fixes, breaks, pValue: mcnemar(breaks, fixes).pValue }
}

/** Whether it went to the default route, and that is wrong. */
export const isTurnedAway = ({ isTaken, isRight }: GateOutcome): boolean => !isTaken && !isRight

/** What the candidate turns away that the serving generation did not, and the other way round, as breaks and fixes. */
export const turnedAndTaken = (rows: readonly GateRow[]): FixesAndBreaks => {
  const breaks = rows.filter(
    ({ serving, candidate }) => !isTurnedAway(serving) && isTurnedAway(candidate),
  )
  const fixes = rows.filter(
    ({ serving, candidate }) => isTurnedAway(serving) && !isTurnedAway(candidate),
  )
  const { pValue } = mcnemar(breaks.length, fixes.length)
  return { rows: rows.length, fixes: fixes.length, breaks: breaks.length, pValue }
}

/** Chance of as many breaks among the changed rows, were fixes as likely: one-sided exact McNemar. */
export const chanceOfBreaks = ({
  fixes,
  breaks,
}: Pick<FixesAndBreaks, 'fixes' | 'breaks'>): number =>
  breaks > fixes ? mcnemar(breaks, fixes).pValue / 2 : 1

/** From here on fewer right ones are no accident. */
export const SIGNIFICANT = 0.05
