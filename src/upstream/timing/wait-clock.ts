// The time of a request that is nobody's work: queues and waits before retries. Kept apart, so that it is not taken for
// our own overhead.

export interface WaitClock {
  /** Awaits what is a wait. */
  during<T>(wait: Promise<T>): Promise<T>
  readonly totalMs: number
}

export const createWaitClock = (now: () => number): WaitClock => {
  let totalMs = 0
  return {
    during: async (wait) => {
      const startedAtMs = now()
      try {
        return await wait
      } finally {
        totalMs += now() - startedAtMs
      }
    },
    get totalMs() {
      return totalMs
    },
  }
}
