// The longest time that this process's event loop did not turn, while something is awaited. Beside the wall time stands what
// is left of it without the time that the thread waited for a core (schedstat of Linux), as in loop-probe.ts.
import { readFileSync } from 'node:fs'

const TICK_MS = 2

export interface LongestGap {
  wallMs: number
  /** Null where the system does not tell how long a thread waited. */
  ownMs: number | null
}

const waitedMs = (): number | null => {
  try {
    const fields = readFileSync(`/proc/self/task/${process.pid}/schedstat`, 'utf8').split(' ')
    return Number(fields[1]) / 1e6
  } catch {
    return null
  }
}

/** What `work` came to, and the longest gap of this loop meanwhile. */
export const withGapMeter = async <T>(
  work: () => Promise<T>,
): Promise<{ result: T; gap: LongestGap }> => {
  const gap: LongestGap = { wallMs: 0, ownMs: null }
  let last = { at: performance.now(), waited: waitedMs() }
  const timer = setInterval(() => {
    const now = { at: performance.now(), waited: waitedMs() }
    const wallMs = now.at - last.at - TICK_MS
    gap.wallMs = Math.max(gap.wallMs, wallMs)
    if (now.waited !== null && last.waited !== null) {
      gap.ownMs = Math.max(gap.ownMs ?? 0, wallMs - (now.waited - last.waited))
    }
    last = now
  }, TICK_MS)
  try {
    return { result: await work(), gap }
  } finally {
    clearInterval(timer)
  }
}
