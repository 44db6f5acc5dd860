// The state machine of a circuit breaker: closed → (failures in a row) → open → (time) → half-open with a single probe → closed. Pure.
/** `neutral`: not about the target, e.g. the client disconnected, or an invalid request was refused. */
export type BreakerOutcome = 'success' | 'failure' | 'neutral'

export type BreakerState =
  | { kind: 'closed'; failures: number; nextOpenMs: number }
  | { kind: 'open'; untilMs: number; openMs: number }
  | { kind: 'half_open'; openMs: number; isProbing: boolean }

export interface BreakerLimits {
  /** Failures in a row that open it. */
  failures: number
  /** How long it first stays open; doubles with each failed probe, up to `maxOpenMs`. */
  openMs: number
  maxOpenMs: number
}

export const closed = ({ openMs }: BreakerLimits): BreakerState => ({
  kind: 'closed',
  failures: 0,
  nextOpenMs: openMs,
})

const doubled = (openMs: number, { maxOpenMs }: BreakerLimits): number =>
  Math.min(openMs * 2, maxOpenMs)

const open = (openMs: number, nowMs: number): BreakerState => ({
  kind: 'open',
  untilMs: nowMs + openMs,
  openMs,
})

/** The state at a later time. */
export const atTime = (state: BreakerState, nowMs: number): BreakerState =>
  state.kind === 'open' && nowMs >= state.untilMs
    ? { kind: 'half_open', openMs: state.openMs, isProbing: false }
    : state

/** After the probe's first content: closed, but a single failure opens it again. */
export const onTrial = (state: BreakerState, limits: BreakerLimits): BreakerState =>
  state.kind === 'half_open'
    ? {
        kind: 'closed',
        failures: limits.failures - 1,
        nextOpenMs: doubled(state.openMs, limits),
      }
    : state

const afterFailure = (state: BreakerState, limits: BreakerLimits, nowMs: number): BreakerState => {
  if (state.kind === 'open') return state
  if (state.kind === 'half_open') return open(doubled(state.openMs, limits), nowMs)
  const failures = state.failures + 1
  return failures >= limits.failures ? open(state.nextOpenMs, nowMs) : { ...state, failures }
}

/** After the outcome of a call that the closed or half-open state admitted. */
export const afterCall = (
  state: BreakerState,
  outcome: BreakerOutcome,
  { limits, nowMs }: { limits: BreakerLimits; nowMs: number },
): BreakerState => {
  if (outcome === 'failure') return afterFailure(state, limits, nowMs)
  if (outcome === 'success') return closed(limits)
  return state.kind === 'half_open' ? { ...state, isProbing: false } : state
}
