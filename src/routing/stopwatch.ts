// Stage timings of one decision, by the monotonic clock.
import { performance } from 'node:perf_hooks'
import type { StageTimings } from '../core/types.ts'

type Stage = Exclude<keyof StageTimings, 'totalMs'>

export interface Stopwatch {
  /** Adds the milliseconds since the last lap to `stage`. */
  lap(stage: Stage): void
  timings(): StageTimings
}

export const createStopwatch = (now: () => number = () => performance.now()): Stopwatch => {
  const start = now()
  let last = start
  const laps: Partial<Record<Stage, number>> = {}
  return {
    lap: (stage) => {
      const at = now()
      laps[stage] = at - last
      last = at
    },
    timings: () => ({ ...laps, totalMs: now() - start }),
  }
}
