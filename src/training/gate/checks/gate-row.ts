// A prompt with a known right route, as both generations decide it: the input of the gate's checks.

import { mcnemar } from '../../../core/statistics/mcnemar.ts'
import type { FixesAndBreaks } from '../../reports/gate-report.ts'

export interface GateOutcome {
  isRight: boolean
  /** False for abstentions: the prompt went to the default route. */
  isTaken: boolean
  /** Whether the best route before thresholds is right; null where the right one was not trained. */
  isTopRight: boolean | null
  /** Confidence of that route, 0 to 1. */
  confidence: number
}

export interface GateRow {
  /** Origin of the prompt: the operator's file, or callers' votes. */
  set: 'file' | 'votes'
  /** Right route; `none` where no route fits. */
  label: string
  /** Null for callers' prompts, which must not be shown. */
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

/** Whether it is a wrong abstention. */
export const isTurnedAway = ({ isTaken, isRight }: GateOutcome): boolean => !isTaken && !isRight

/** Wrong abstentions of the candidate only (breaks), and of the serving generation only (fixes). */
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

/** One-sided exact McNemar test: probability of at least as many breaks if fixes were as likely. */
export const chanceOfBreaks = ({
  fixes,
  breaks,
}: Pick<FixesAndBreaks, 'fixes' | 'breaks'>): number =>
  breaks > fixes ? mcnemar(breaks, fixes).pValue / 2 : 1

/** Significance level of the gate's tests. */
export const SIGNIFICANT = 0.05
