// The lifetime of one call: combines the caller's signal and the timers in one AbortSignal; the first reason is kept. Rejections that
// follow (fetch, reading the body) are consequences: read `failure` instead.

import { RouterError } from '../../errors.ts'
import { createEndController, type EndSignal } from '../../jobs/end-signal.ts'

export interface Timeouts {
  /** Start of a streamed call to its headers. Absent: `firstTokenMs` alone. */
  firstByteMs?: number
  /** Start of a call that is not streamed to its headers, which come with the last token. Absent: `totalMs` alone. */
  wholeAnswerMs?: number
  /** Start of the call to the first content event of a stream. */
  firstTokenMs: number
  /** Longest wait for the next bytes of a body, only counted while reading. */
  idleMs: number
  /** Start of the call to its last byte. */
  totalMs: number
}

export type Phase = 'first_byte' | 'whole_answer' | 'first_token' | 'idle' | 'total'

export interface LiveCall {
  readonly signal: EndSignal
  /** Why the call ended, or null while it runs. */
  readonly failure: RouterError | null
  /** Does nothing for a phase that has no limit. */
  startTimer(phase: Phase): void
  stopTimer(phase: Phase): void
  /** Aborts the call; the first reason stays. */
  end(error: RouterError): void
  /** Stops the timers and detaches from the caller's signal; the call's own signal is not changed. */
  release(): void
}

/** Timers of the phases, of each at most one. */
interface PhaseTimers {
  start(phase: Phase): void
  stop(phase: Phase): void
  stopAll(): void
}

const createPhaseTimers = (
  timeouts: Timeouts,
  onMissed: (error: RouterError) => void,
): PhaseTimers => {
  const timers = new Map<Phase, NodeJS.Timeout>()
  const limits: Record<Phase, number | undefined> = {
    first_byte: timeouts.firstByteMs,
    whole_answer: timeouts.wholeAnswerMs,
    first_token: timeouts.firstTokenMs,
    idle: timeouts.idleMs,
    total: timeouts.totalMs,
  }
  const stop = (phase: Phase): void => {
    clearTimeout(timers.get(phase))
    timers.delete(phase)
  }
  return {
    start: (phase) => {
      const limitMs = limits[phase]
      if (limitMs === undefined) return
      stop(phase)
      const timer = setTimeout(() => onMissed(missedDeadline(phase, limitMs)), limitMs)
      timers.set(phase, timer)
    },
    stop,
    stopAll: () => {
      for (const phase of [...timers.keys()]) stop(phase)
    },
  }
}

/** Starts a call and its total timer. */
export const startCall = (callerSignal: EndSignal, timeouts: Timeouts): LiveCall => {
  const controller = createEndController()

  const release = (): void => {
    timers.stopAll()
    callerSignal.removeEventListener('abort', onCallerAbort)
  }
  const end = (error: RouterError): void => {
    if (call.failure !== null) return
    call.failure = error
    release()
    controller.abort(error)
  }
  const timers = createPhaseTimers(timeouts, end)
  const startTimer = (phase: Phase): void => {
    if (call.failure === null) timers.start(phase)
  }
  const onCallerAbort = (): void => end(callerReason(callerSignal))

  const call = {
    signal: controller.signal,
    failure: null as RouterError | null, // no accessor: defining one costs half a microsecond
    startTimer,
    stopTimer: timers.stop,
    end,
    release,
  }
  startTimer('total')
  if (callerSignal.aborted) onCallerAbort()
  else callerSignal.addEventListener('abort', onCallerAbort)
  return call
}

/** Why a caller's signal aborted: a RouterError (drain, deadline), else the client disconnected. */
export const callerReason = (signal: EndSignal): RouterError =>
  signal.reason instanceof RouterError ? signal.reason : clientClosed()

/** The error for a disconnected client. */
export const clientClosed = (): RouterError =>
  new RouterError('client_closed', 'The client left before the answer was complete.')

const WAITED_FOR: Record<Phase, string> = {
  first_byte: 'sent no answer',
  whole_answer: 'sent no answer',
  first_token: 'sent no content',
  idle: 'sent nothing more',
  total: 'did not finish',
}

const missedDeadline = (phase: Phase, limitMs: number): RouterError =>
  new RouterError('upstream_timeout', `The provider ${WAITED_FOR[phase]} within ${limitMs} ms.`, {
    details: { phase, limitMs, status: null },
  })
