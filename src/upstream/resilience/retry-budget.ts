// The retry budget (as in Envoy): at most a share of the requests in flight may be retries, so that a dead provider costs a fifth more
// calls, not twice as many. A call to the next target is no retry, so a used-up budget does not prevent fallbacks.

const SHARE = 0.2
const MINIMUM = 3

export interface RetryBudget {
  /** Counts a request in flight until the returned function is called. */
  enter(): () => void
  /** Takes a retry, which the returned function releases; null where the budget is used up. */
  take(): (() => void) | null
  readonly inFlight: number
  readonly retrying: number
}

export const createRetryBudget = (): RetryBudget => {
  let inFlight = 0
  let retrying = 0
  const once = (undo: () => void): (() => void) => {
    let isDone = false
    return () => {
      if (!isDone) undo()
      isDone = true
    }
  }
  return {
    enter: () => {
      inFlight += 1
      return once(() => {
        inFlight -= 1
      })
    },
    take: () => {
      if (retrying >= Math.max(MINIMUM, Math.floor(inFlight * SHARE))) return null
      retrying += 1
      return once(() => {
        retrying -= 1
      })
    },
    get inFlight() {
      return inFlight
    },
    get retrying() {
      return retrying
    },
  }
}
