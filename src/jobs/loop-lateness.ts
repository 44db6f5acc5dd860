// How late this thread's event loop looks at its sockets and channels: what arrives while it works waits there unseen.
import { performance } from 'node:perf_hooks'

export interface LoopLateness {
  /**
   * Milliseconds that the loop has worked since it last looked: what is handled now arrived no longer ago than that. Time in which it
   * waited for something to arrive does not count.
   */
  workedMs(): number
}

export interface LoopLatenessOptions {
  /** Monotonic milliseconds. */
  now: () => number
  /** Milliseconds for which the loop has waited since its start, by the same clock. */
  idleMs: () => number
  /** Calls back once the loop has looked; it does not keep the process alive. */
  afterLook: (note: () => void) => void
}

export const createLoopLateness = ({
  now,
  idleMs,
  afterLook,
}: LoopLatenessOptions): LoopLateness => {
  const busyMs = (): number => now() - idleMs()
  let lookedAt = busyMs()
  const note = (): void => {
    lookedAt = busyMs()
    afterLook(note)
  }
  afterLook(note)
  return { workedMs: () => busyMs() - lookedAt }
}

/** Of this thread. Immediates run right after the sockets were looked at, and one that is not referenced lets the loop wait for them. */
export const watchLoopLateness = (): LoopLateness =>
  createLoopLateness({
    now: () => performance.now(),
    idleMs: () => performance.nodeTiming.idleTime,
    afterLook: (note) => void setImmediate(note).unref(),
  })
