// Measures the longest time for which this process's event loop did not turn: by the wall clock, and without the time that the
// main thread waited for a core (schedstat of Linux), which on a busy machine is most of it. What remains is caused by the
// program: computation and blocking calls.
import { readFileSync } from 'node:fs'

/** Far below the 50 ms that are looked for; reading schedstat takes 0.02 ms. */
const TICK_MS = 2

export interface LongestGap {
  wallMs: number
  /** Null where the system does not tell how long a thread waited; not necessarily of the same gap. */
  ownMs: number | null
}

export interface LoopWatch {
  /** Since the last call, or since the start. */
  longest(): LongestGap
  stop(): void
}

/** Milliseconds that the main thread was ready to run and had no core; its id is that of the process. */
const waitedMs = (): number | null => {
  try {
    const fields = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')
    return Number(fields[1]) / 1e6
  } catch {
    return null
  }
}

export const watchLoop = (): LoopWatch => {
  let gap: LongestGap = { wallMs: 0, ownMs: null }
  let last = { at: performance.now(), waited: waitedMs() }
  const timer = setInterval(() => {
    const now = { at: performance.now(), waited: waitedMs() }
    const wallMs = now.at - last.at - TICK_MS
    gap.wallMs = Math.max(gap.wallMs, wallMs)
    if (now.waited !== null && last.waited !== null) {
      gap.ownMs = Math.max(gap.ownMs ?? 0, wallMs - (now.waited - last.waited))
    }
    last = now
  }, TICK_MS).unref()
  return {
    longest: () => {
      const found = gap
      gap = { wallMs: 0, ownMs: null }
      return found
    },
    stop: () => clearInterval(timer),
  }
}

/** What `work` came to, and the longest gap of this loop meanwhile. */
export const withGapMeter = async <T>(
  work: () => Promise<T>,
): Promise<{ result: T; gap: LongestGap }> => {
  const watch = watchLoop()
  try {
    const result = await work()
    return { result, gap: watch.longest() }
  } finally {
    watch.stop()
  }
}
