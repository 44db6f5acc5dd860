// Repeats work at intervals between start() and stop(), or on demand; one run at a time.

export interface Repeating<T> {
  /** Runs now, or joins a run under way. */
  run(): Promise<T>
  /** Runs every `everyMs`; does not keep the process alive. */
  start(everyMs: number): void
  /** Ends the intervals, and waits for a run under way. */
  stop(): Promise<void>
}

/** `onFailure` gets the errors of runs at intervals; without it `work` must not reject. */
export const createRepeating = <T>(
  work: () => Promise<T>,
  onFailure?: (error: Error) => void,
): Repeating<T> => {
  let timer: NodeJS.Timeout | null = null
  let underWay: Promise<T> | null = null
  const run = (): Promise<T> => {
    underWay ??= work().finally(() => {
      underWay = null
    })
    return underWay
  }
  return {
    run,
    start: (everyMs) => {
      timer ??= setInterval(() => void run().catch(onFailure), everyMs).unref()
    },
    stop: async () => {
      if (timer !== null) clearInterval(timer)
      timer = null
      // The caller of run() gets its error.
      await underWay?.catch(() => {})
    },
  }
}
