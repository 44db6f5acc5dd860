// A prompt whose right route is known, as both generations decide it: what the gate's checks are made on.

import { mcnemar } from '../../../core/statistics/mcnemar.ts'
import type { FixesAndBreaks } from '../../reports/gate-report.ts'

export interface GateOutcome {
  isRight: boolean
  /** Whether the best route before thresholds is right; null where the right one was never trained. */
  isTopRight: boolean | null
  /** Claimed probability that it is, 0 to 1. */
  confidence: number
}

export interface GateRow {
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

/** Chance of as many breaks among the changed rows, were fixes as likely: one-sided exact McNemar. */
export const chanceOfBreaks = ({
  fixes,
  breaks,
}: Pick<FixesAndBreaks, 'fixes' | 'breaks'>): number =>
  breaks > fixes ? mcnemar(breaks, fixes).pValue / 2 : 1

/** From here on fewer right ones are no accident. */
export const SIGNIFICANT = 0.05
