// One target's circuit breaker: closed → (failures in a row) → open → (time) → half-open with a single probe → closed.
// A stream that merely opens is no success: a probe's first content closes the breaker on trial, and only its end
// clears the count. Verdicts of calls made before the breaker opened no longer matter once it has.

/** `neutral` says nothing about the target: the client left, or the caller's own mistake was refused. */
export type BreakerOutcome = 'success' | 'failure' | 'neutral'

/** The right to make one call. Exactly one outcome ends it; later ones are ignored. */
export interface Permit {
  /** The first content is there. */
  begin(): void
  end(outcome: BreakerOutcome): void
}

type State =
  | { kind: 'closed'; failures: number; nextOpenMs: number }
  | { kind: 'open'; untilMs: number; openMs: number }
  | { kind: 'half_open'; openMs: number; isProbing: boolean }

export interface Breaker {
  /** Null where no call may be made now. */
  admit(): Permit | null
  /** Milliseconds until a call may be made, 0 now. */
  waitMs(): number
  readonly kind: State['kind']
  /** Failures in a row, while closed. */
  readonly failures: number
}

export interface BreakerOptions {
  /** Failures in a row that open it. */
  failures: number
  /** How long it first stays open; doubles with each failed probe, up to `maxOpenMs`. */
  openMs: number
  maxOpenMs: number
  /** Milliseconds that never jump. */
  monotonicMs: () => number
  onChange: (kind: State['kind'], openMs: number) => void
}

/** While another request probes, how long a caller is told to wait. */
const PROBE_WAIT_MS = 1_000

export const createBreaker = (options: BreakerOptions): Breaker => {
  const { monotonicMs } = options
  let state: State = { kind: 'closed', failures: 0, nextOpenMs: options.openMs }

  const open = (openMs: number): void => {
    state = { kind: 'open', untilMs: monotonicMs() + openMs, openMs }
    options.onChange('open', openMs)
  }
  const close = (failures: number, nextOpenMs: number): void => {
    const isChange = state.kind !== 'closed'
    state = { kind: 'closed', failures, nextOpenMs }
    if (isChange) options.onChange('closed', 0)
  }
  const fail = (): void => {
    if (state.kind === 'half_open') open(doubled(state.openMs, options.maxOpenMs))
    if (state.kind !== 'closed') return
    state = { ...state, failures: state.failures + 1 }
    if (state.failures >= options.failures) open(state.nextOpenMs)
  }
  const take = (outcome: BreakerOutcome, isProbe: boolean): void => {
    // Otherwise the breaker has moved on, and what an earlier call says is no longer of interest.
    if (state.kind !== (isProbe ? 'half_open' : 'closed')) return
    if (outcome === 'failure') fail()
    else if (outcome === 'success') close(0, options.openMs)
    else if (state.kind === 'half_open') state = { ...state, isProbing: false }
  }
  const tick = (): void => {
    if (state.kind !== 'open' || monotonicMs() < state.untilMs) return
    state = { kind: 'half_open', openMs: state.openMs, isProbing: false }
    options.onChange('half_open', 0)
  }
  const permit = (startsAsProbe: boolean): Permit => {
    let isProbe = startsAsProbe
    let isEnded = false
    return {
      begin: () => {
        if (isEnded || !isProbe || state.kind !== 'half_open') return
        isProbe = false
        close(options.failures - 1, doubled(state.openMs, options.maxOpenMs))
      },
      end: (outcome) => {
        if (isEnded) return
        isEnded = true
        take(outcome, isProbe)
      },
    }
  }
  return {
    admit: () => {
      tick()
      if (state.kind === 'closed') return permit(false)
      if (state.kind === 'open' || state.isProbing) return null
      state = { ...state, isProbing: true }
      return permit(true)
    },
    waitMs: () => {
      tick()
      if (state.kind === 'open') return state.untilMs - monotonicMs()
      return state.kind === 'half_open' && state.isProbing ? PROBE_WAIT_MS : 0
    },
    get kind() {
      return state.kind
    },
    get failures() {
      return state.kind === 'closed' ? state.failures : 0
    },
  }
}

const doubled = (openMs: number, maxOpenMs: number): number => Math.min(openMs * 2, maxOpenMs)
