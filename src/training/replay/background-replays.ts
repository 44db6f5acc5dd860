// Replays of a running server that somebody watches: one at a time, in the background, with how far it is and what the last one
// came to.
import { RouterError, toRouterError } from '../../errors.ts'
import type { ReplayReport } from '../reports/gate-report.ts'
import type { ReplayOnce } from './replay-request.ts'

export interface RunningReplay {
  generation: number
  startedAtMs: number
  /** Decisions decided anew so far. */
  done: number
  /** Decisions that are looked at; fewer where fewer are stored. 0 until it is known. */
  atMost: number
}

export interface FinishedReplay {
  generation: number
  finishedAtMs: number
  /** Null where it failed. */
  report: ReplayReport | null
  /** Why it failed; null where it did not. */
  problem: string | null
}

export interface Replays {
  /** @throws RouterError `build_in_progress` while one runs */
  start(generation: number): void
  state(): { running: RunningReplay | null; last: FinishedReplay | null }
}

export const createReplays = (options: { run: ReplayOnce; now: () => number }): Replays => {
  const { run, now } = options
  let running: RunningReplay | null = null
  let last: FinishedReplay | null = null
  const replay = async (begun: RunningReplay): Promise<void> => {
    const { generation } = begun
    running = begun
    try {
      const onProgress = ({ done, total }: { done: number; total: number }): void => {
        running = { ...begun, done, atMost: total }
      }
      const report = await run({ generation }, { onProgress })
      last = { generation, finishedAtMs: now(), report, problem: null }
    } catch (error) {
      const problem = toRouterError(error).message
      last = { generation, finishedAtMs: now(), report: null, problem }
    } finally {
      running = null
    }
  }
  return {
    start: (generation) => {
      if (running !== null) {
        throw new RouterError(
          'build_in_progress',
          `Generation ${running.generation} is being replayed; wait for its end.`,
        )
      }
      void replay({ generation, startedAtMs: now(), done: 0, atMost: 0 })
    },
    state: () => ({ running, last }),
  }
}
