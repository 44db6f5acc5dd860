// A replay's report as lines for a terminal.

import { checkReplay } from '../../src/training/gate/checks/replay-check.ts'
import type { ReplayReport } from '../../src/training/reports/gate-report.ts'

const MOST_MOVES = 8
const MOST_EXAMPLES = 5
const MOST_CHARS = 72

const preview = (text: string): string => {
  const line = text.replace(/\s+/g, ' ').trim()
  return line.length <= MOST_CHARS ? line : `${line.slice(0, MOST_CHARS - 1).toWellFormed()}…`
}

const skippedLines = ({ skipped, withoutText = 0 }: ReplayReport): string[] => {
  const counts = Object.entries(skipped).map(([why, count]) => `${why} ${count}`)
  return [
    ...(counts.length > 0 ? [`Not decided anew: ${counts.join(', ')}.`] : []),
    ...(withoutText > 0
      ? [`Decided without their words, because their text is not stored: ${withoutText}.`]
      : []),
  ]
}

/** What changed, where to, and a few of the changed prompts. */
export const describeReplay = (report: ReplayReport): string[] => {
  const took = `${(report.durationMs / 1000).toFixed(1)} s`
  return [
    `Generation ${report.generation}, ${took}. ${checkReplay(report, 1).summary}`,
    ...skippedLines(report),
    ...report.moves
      .slice(0, MOST_MOVES)
      .map(({ from, to, decisions }) => `  ${String(decisions).padStart(6)}  ${from} → ${to}`),
    ...report.examples
      .slice(0, MOST_EXAMPLES)
      .map(
        ({ decisionId, from, to, text }) =>
          `  ${decisionId}  ${from} → ${to}: ${text === null ? '(text not stored)' : JSON.stringify(preview(text))}`,
      ),
  ]
}
