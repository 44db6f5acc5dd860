// The circuit breaker of one target (states: breaker-state.ts). An opened stream alone is no success: a probe's first content closes the
// breaker on trial, and only its end resets the count. Outcomes of calls made before the breaker opened are ignored once it is open.

import {
  afterCall,
  atTime,
  type BreakerLimits,
  type BreakerOutcome,
  type BreakerState,
  closed,
  onTrial,
} from './breaker-state.ts'

/** Permission for one call. The first outcome ends it; later ones are ignored. */
export interface Permit {
  /** Reports the first content. */
  begin(): void
  end(outcome: BreakerOutcome): void
}

export interface Breaker {
  /** Null where no call may be made now. */
  admit(): Permit | null
  /** Milliseconds until a call may be made, 0 now. */
  waitMs(): number
  readonly kind: BreakerState['kind']
  /** Failures in a row, while closed. */
  readonly failures: number
}

export interface BreakerOptions extends BreakerLimits {
  /** Monotonic milliseconds. */
  monotonicMs: () => number
  onChange: (kind: BreakerState['kind'], openMs: number) => void
}

/** Reported wait while another request probes. */
const PROBE_WAIT_MS = 1_000

interface StateHolder {
  state(): BreakerState
  /** Sets the next state, and reports a change of its kind. */
  become(next: BreakerState): void
}

const createStateHolder = (options: BreakerOptions): StateHolder => {
  let state = closed(options)
  return {
    state: () => state,
    become: (next) => {
      const isChange = next.kind !== state.kind
      state = next
      if (isChange) options.onChange(next.kind, next.kind === 'open' ? next.openMs : 0)
    },
  }
}

const createPermit = (
  { state, become }: StateHolder,
  options: BreakerOptions,
  startsAsProbe: boolean,
): Permit => {
  let isProbe = startsAsProbe
  let isEnded = false
  return {
    begin: () => {
      if (isEnded || !isProbe || state().kind !== 'half_open') return
      isProbe = false
      become(onTrial(state(), options))
    },
    end: (outcome) => {
      if (isEnded) return
      isEnded = true
      // Otherwise the breaker has changed its state since, and the outcome of the earlier call is ignored.
      if (state().kind !== (isProbe ? 'half_open' : 'closed')) return
      become(afterCall(state(), outcome, { limits: options, nowMs: options.monotonicMs() }))
    },
  }
}

export const createBreaker = (options: BreakerOptions): Breaker => {
  const { monotonicMs } = options
  const holder = createStateHolder(options)
  const stateNow = (): BreakerState => {
    const state = holder.state()
    if (state.kind === 'open') holder.become(atTime(state, monotonicMs()))
    return holder.state()
  }
  return {
    admit: () => {
      const state = stateNow()
      if (state.kind === 'closed') return createPermit(holder, options, false)
      if (state.kind === 'open' || state.isProbing) return null
      holder.become({ ...state, isProbing: true })
      return createPermit(holder, options, true)
    },
    waitMs: () => {
      const state = stateNow()
      if (state.kind === 'open') return state.untilMs - monotonicMs()
      return state.kind === 'half_open' && state.isProbing ? PROBE_WAIT_MS : 0
    },
    get kind() {
      return holder.state().kind
    },
    get failures() {
      const state = holder.state()
      return state.kind === 'closed' ? state.failures : 0
    },
  }
}
