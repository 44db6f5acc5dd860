// A share of what is in flight may be retries (Envoy's retry budget): a dead provider then costs a fifth more calls, not
// twice as many. A call to the next target is no retry, so a full budget never keeps a request from its fallback.

const SHARE = 0.2
const MINIMUM = 3

export interface RetryBudget {
  /** A request is in flight until the returned function is called. */
  enter(): () => void
  /** Takes a retry, given back by the returned function; null where the budget is used up. */
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
