// Work that is done now and then: at intervals between start() and stop(), or when it is asked for; one run at a time.

export interface Repeating<T> {
  /** Runs now, or joins the run that is under way. */
  run(): Promise<T>
  /** Runs every `everyMs`; a process may end meanwhile. */
  start(everyMs: number): void
  /** Ends the intervals, and waits for the run that is under way. */
  stop(): Promise<void>
}

/** `onFailure` takes what runs at intervals fail with; without it `work` must not reject. */
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
      // Whoever asked for the run is told of its failure.
      await underWay?.catch(() => {})
    },
  }
}
