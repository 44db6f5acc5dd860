// One call to one target: a slot of the provider, a permit of the breaker, the call, and its outcome for the breaker. Slot and permit
// are held until the answer's last byte, and released in every case.

import type { Attempt } from '../../core/types.ts'
import type { UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { type RouterError, toRouterError } from '../../errors.ts'
import type { EndSignal } from '../../jobs/end-signal.ts'
import type { WaitClock } from '../timing/wait-clock.ts'
import type { StreamEnding, Upstream, UpstreamReply } from '../upstream.ts'
import { asAction } from './as-action.ts'
import { attemptFailure } from './attempt-failure.ts'
import type { Permit } from './breaker.ts'
import type { BreakerOutcome } from './breaker-state.ts'
import { readFailure } from './failure.ts'
import { holdBack } from './hold-back.ts'
import type { Resilience } from './resilience.ts'
import { tracedChat } from './traced-chat.ts'

export type AttemptResult =
  | { kind: 'reply'; reply: UpstreamReply; attempt: Attempt }
  | { kind: 'failed'; error: RouterError; attempt: Attempt }
  /** No call was made: the queue is full, the provider kind does not support the request, or the breaker is open. */
  | { kind: 'skipped'; error: RouterError | null }

export interface AttemptOptions {
  resilience: Resilience
  upstream: Upstream
  /** Its signal is that of the request's deadline. */
  request: UpstreamRequest
  /** The caller's own signal, under which a held-back stream is replayed. */
  callerSignal: EndSignal
  isBuffered: boolean
  waits: WaitClock
  promptTokens: () => number
  /** Epoch milliseconds. */
  now: () => number
}

/** @throws the signal's reason where it aborts while the call waits for a slot */
export const attemptTarget = async (options: AttemptOptions): Promise<AttemptResult> => {
  const { resilience, request } = options
  const release = await place(options)
  if (typeof release !== 'function') return { kind: 'skipped', error: release }
  const health = resilience.targetHealth(request.target.model)
  const permit = health.admit()
  if (permit === null) {
    release()
    return { kind: 'skipped', error: null }
  }
  health.spend(options.promptTokens())
  return callTarget(options, { permit, release })
}

const place = async ({ resilience, request, waits }: AttemptOptions) => {
  try {
    return await waits.during(resilience.slots(request.target.provider).acquire(request.signal))
  } catch (thrown) {
    const error = toRouterError(thrown)
    if (error.code === 'queue_full') return error
    throw error
  }
}

interface Held {
  permit: Permit
  /** Releases the provider's slot. */
  release: () => void
}

const callTarget = async (options: AttemptOptions, held: Held): Promise<AttemptResult> => {
  const { request, now } = options
  const startedAtMs = now()
  const attemptOf = (status: number | null, errorCode: string | null): Attempt => ({
    provider: request.target.provider,
    model: request.target.model,
    startedAtMs,
    durationMs: now() - startedAtMs,
    status,
    errorCode,
  })
  try {
    const reply = await served(options, held)
    return { kind: 'reply', reply, attempt: attemptOf(reply.status, null) }
  } catch (thrown) {
    const error = toRouterError(thrown)
    settleFailure(options, held, error)
    // Refused before the call: this provider does not support it, another kind may.
    if (error.code === 'invalid_request') return { kind: 'skipped', error }
    const { status } = error.details
    const attempt = attemptOf(typeof status === 'number' ? status : null, error.code)
    return { kind: 'failed', error, attempt: { ...attempt, ...attemptFailure(error) } }
  }
}

const served = async (options: AttemptOptions, held: Held): Promise<UpstreamReply> => {
  const { resilience, request, callerSignal, isBuffered } = options
  const { provider, model } = request.target
  const reply = await timedChat(options)
  if (reply.rateLimit) resilience.targetHealth(model).learn(reply.rateLimit)
  resilience.noteKey(provider, false)
  resilience.models.note(request.target, null)
  if (reply.kind === 'stream' && !isBuffered) {
    held.permit.begin()
    void (reply.ending ?? reply.end).then((ending) => {
      held.permit.end(outcomeOf(ending, request.signal))
      held.release()
    })
    return reply
  }
  const whole = reply.kind === 'stream' ? await holdBack(reply, callerSignal) : reply
  held.permit.end('success')
  held.release()
  return whole
}

/** The call, with its speed recorded for the target. */
const timedChat = async ({
  resilience,
  upstream,
  request,
}: AttemptOptions): Promise<UpstreamReply> => {
  const call = resilience.targetHealth(request.target.model).speed.begin()
  try {
    const reply = await tracedChat(upstream, asAction(request))
    if (reply.kind === 'json') call.last(reply.usage?.completionTokens ?? null)
    else {
      call.first()
      void reply.end.then(({ outcome, usage }) => {
        if (outcome === 'served') call.last(usage?.completionTokens ?? null)
      })
    }
    return reply
  } catch (error) {
    call.abandon()
    throw error
  }
}

const outcomeOf = ({ outcome, errorCode }: StreamEnding, signal: EndSignal): BreakerOutcome => {
  if (outcome === 'served') return 'success'
  return outcome === 'client_closed' || isOurDoing(errorCode, signal) ? 'neutral' : 'failure'
}

// An end caused by the router's own signal (client disconnected, deadline, drain) is not the target's failure. An aborted signal alone
// does not show that: a broken stream makes its client disconnect.
const isOurDoing = (errorCode: string | null, signal: EndSignal): boolean =>
  signal.aborted && toRouterError(signal.reason).code === errorCode

const settleFailure = (
  { resilience, request }: AttemptOptions,
  { permit, release }: Held,
  error: RouterError,
): void => {
  const { provider, model } = request.target
  const failure = readFailure(error)
  const health = resilience.targetHealth(model)
  permit.end(isOurDoing(error.code, request.signal) ? 'neutral' : failure.outcome)
  if (failure.rateLimit) health.learn(failure.rateLimit)
  if (failure.isRateLimited) {
    health.coolDown(failure.retryAfterMs ?? resilience.config.resilience.cooldown_ms)
  }
  if (failure.isKeyRejected) resilience.noteKey(provider, true)
  if (failure.status !== null) resilience.models.note(request.target, failure.status)
  release()
}
