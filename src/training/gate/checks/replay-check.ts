// Checks the replay of past decisions: the share that would change, and breaks against fixes where feedback names the right route.

import { percent } from '../../../core/statistics/percent.ts'
import type { GateCheck, ReplayReport } from '../../reports/gate-report.ts'
import { SIGNIFICANT } from './gate-row.ts'
import { chance, count, counted } from './wording.ts'

type Replayed = Pick<ReplayReport, 'replayed' | 'changed' | 'changedShare' | 'voted' | 'heldOut'>

/** With fewer held-out votes all votes are used, which favours the candidate, because it was trained on them. */
const LEAST_HELD_OUT = 20

const votesSummary = ({ voted, heldOut }: Replayed): string => {
  if (voted.rows === 0) return 'none of them has feedback that names the right route'
  const kept =
    heldOut.rows > 0
      ? ` (of ${count(heldOut.rows)} kept from training: ${count(heldOut.fixes)} and ${count(heldOut.breaks)}, ${chance(heldOut.pValue)})`
      : ` (${chance(voted.pValue)})`
  return `of the ${count(voted.rows)} with feedback it fixes ${count(voted.fixes)} and breaks ${count(voted.breaks)}${kept}`
}

/** @param maxChangedShare of the replayed decisions, 0 to 1 */
export const checkReplay = (replay: Replayed | null, maxChangedShare: number): GateCheck => {
  if (replay === null || replay.replayed === 0) {
    const summary = 'There are no stored decisions to replay.'
    return { name: 'replay', verdict: 'skipped', summary, figures: {} }
  }
  const { replayed, changed, changedShare, voted, heldOut } = replay
  const asked = heldOut.rows >= LEAST_HELD_OUT ? heldOut : voted
  const isWorse = asked.breaks > asked.fixes && asked.pValue < SIGNIFICANT
  const isMuch = changedShare > maxChangedShare
  const why = isWorse
    ? ' It breaks more than it fixes, beyond chance.'
    : isMuch
      ? ` At most ${percent(maxChangedShare)} may change.`
      : ''
  return {
    name: 'replay',
    verdict: isWorse || isMuch ? 'failed' : 'passed',
    summary: `Changes ${percent(changedShare)} of the last ${counted(replayed, 'decision')}; ${votesSummary(replay)}.${why}`,
    figures: {
      replayed,
      changed,
      voted: voted.rows,
      fixes: voted.fixes,
      breaks: voted.breaks,
      heldOut: heldOut.rows,
      heldOutFixes: heldOut.fixes,
      heldOutBreaks: heldOut.breaks,
      pValue: asked.pValue,
    },
  }
}
