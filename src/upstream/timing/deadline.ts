// One signal for a request's total deadline and its caller's disconnecting. All waits and calls of the request are under it, so that
// timeouts do not add up, and nothing continues after the client has disconnected.

import { RouterError } from '../../errors.ts'
import { createEndController, type EndSignal } from '../../jobs/end-signal.ts'
import { callerReason } from './live-call.ts'

export interface Deadline {
  /** Its reason is always a RouterError: `client_closed`, `shutting_down`, or `upstream_timeout` of phase `total`. */
  readonly signal: EndSignal
  remainingMs(): number
  /** Stops the timer and detaches from the caller's signal. */
  release(): void
}

export interface DeadlineOptions {
  callerSignal: EndSignal
  totalMs: number
  monotonicMs: () => number
}

export const startDeadline = ({
  callerSignal,
  totalMs,
  monotonicMs,
}: DeadlineOptions): Deadline => {
  const controller = createEndController()
  const endsAtMs = monotonicMs() + totalMs
  const end = (error: RouterError): void => {
    release()
    controller.abort(error)
  }
  const timer = setTimeout(() => end(missed(totalMs)), totalMs)
  const onCallerAbort = (): void => end(callerReason(callerSignal))
  const release = (): void => {
    clearTimeout(timer)
    callerSignal.removeEventListener('abort', onCallerAbort)
  }
  if (callerSignal.aborted) onCallerAbort()
  else callerSignal.addEventListener('abort', onCallerAbort)
  return {
    signal: controller.signal,
    remainingMs: () => endsAtMs - monotonicMs(),
    release,
  }
}

const missed = (totalMs: number): RouterError =>
  new RouterError('upstream_timeout', `No answer was complete within ${totalMs} ms.`, {
    details: { phase: 'total', limitMs: totalMs, status: null },
  })
