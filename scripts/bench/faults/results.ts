// The marks of a whole run: what each mode must reach, and the table of it.
import { table } from '../../terminal/table.ts'
import { verdict } from '../harness.ts'
import type { CaseResult } from './run-case.ts'
import { SCORES, type Score } from './score.ts'

export type Mode = 'buffered' | 'live'

export interface ScenarioResult {
  number: number
  name: string
  score: Score
  cases: CaseResult[]
}

export type Results = Record<Mode, ScenarioResult[]>

export const MODES: readonly Mode[] = ['buffered', 'live']

/** The least that every scenario must reach. */
const EXPECTED: Record<Mode, Score> = { buffered: 'pass', live: 'safe' }

const isMetBy = (results: Results, mode: Mode): boolean =>
  results[mode].every(({ score }) => SCORES.indexOf(score) <= SCORES.indexOf(EXPECTED[mode]))

/** Whether every scenario of both modes is as good as it must be. */
export const isMet = (results: Results): boolean => MODES.every((mode) => isMetBy(results, mode))

const countLine = (results: Results, mode: Mode): string => {
  const counts = SCORES.map(
    (score) => `${results[mode].filter((one) => one.score === score).length} ${score}`,
  )
  const expected = mode === 'buffered' ? 'all pass' : 'nothing worse than safe'
  return `${mode.padEnd(9)}${counts.join(', ')}; expected ${expected}: ${verdict(isMetBy(results, mode))}`
}

const callsText = (cases: readonly CaseResult[]): string =>
  cases.map(({ calls }) => Object.values(calls).join('+')).join(' ')

const timesText = (cases: readonly CaseResult[]): string =>
  cases.map(({ tookMs }) => Math.round(tookMs)).join(' ')

const notes = (results: Results): string[] =>
  MODES.flatMap((mode) =>
    results[mode]
      .flatMap(({ cases }) => cases)
      .filter(({ score }) => score !== 'pass')
      .map(({ id, score, why }) => `  ${mode} ${id}: ${score}: ${why}`),
  )

/** A line for each scenario with the provider's calls (of each target, for each case) and the client's milliseconds. */
export const describeResults = (results: Results): string[] => {
  const head = ['    scenario', 'buffered', 'live', 'calls', 'calls live', 'ms', 'ms live']
  const rows = results.buffered.map(({ number, name, score, cases }, i) => {
    const live = results.live[i]
    const inLive = live?.cases ?? []
    const marks = [score, live?.score ?? '']
    const calls = [callsText(cases), callsText(inLive)]
    const times = [timesText(cases), timesText(inLive)]
    return [`${String(number).padStart(2)}  ${name}`, ...marks, ...calls, ...times]
  })
  const counts = MODES.map((mode) => countLine(results, mode))
  return [...table([head, ...rows]), '', ...counts, '', ...notes(results)]
}
