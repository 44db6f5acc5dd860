// Measures the time that a request spends waiting, in queues and before retries, so that it is not counted as the router's overhead.

export interface WaitClock {
  /** Awaits a wait and adds its time. */
  during<T>(wait: Promise<T>): Promise<T>
  readonly totalMs: number
}

export const createWaitClock = (now: () => number): WaitClock => {
  const clock = {
    totalMs: 0,
    during: async <T>(wait: Promise<T>): Promise<T> => {
      const startedAtMs = now()
      try {
        return await wait
      } finally {
        clock.totalMs += now() - startedAtMs
      }
    },
  }
  return clock
}
