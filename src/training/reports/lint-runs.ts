// Checks of the training data by a running server: one at a time, in the background, and what the last one found.
import { toRouterError } from '../../errors.ts'
import type { LintReport } from './lint-report.ts'

export interface LintState {
  isRunning: boolean
  /** Of the last check that was through; null before it. */
  last: { report: LintReport; atMs: number } | null
  /** Why the last check did not come to an end; null where it did. */
  problem: string | null
}

export interface LintRuns {
  state(): LintState
  /** Begins a check, unless one is running. */
  start(): void
}

export const createLintRuns = (options: {
  run: () => Promise<LintReport>
  now: () => number
}): LintRuns => {
  const state: LintState = { isRunning: false, last: null, problem: null }
  const check = async (): Promise<void> => {
    state.isRunning = true
    try {
      state.last = { report: await options.run(), atMs: options.now() }
      state.problem = null
    } catch (error) {
      state.problem = toRouterError(error).message
    } finally {
      state.isRunning = false
    }
  }
  return {
    state: () => state,
    start: () => {
      if (!state.isRunning) void check()
    },
  }
}
