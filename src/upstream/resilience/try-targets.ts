// The attempts of one request along its chain: at most four calls, each target once, and a second time where time may help and a call
// remains for every target after it.

import type { Attempt } from '../../core/types.ts'
import type { UpstreamRequest, UpstreamTarget } from '../../dialects/chat/upstream-request.ts'
import { RouterError } from '../../errors.ts'
import type { Deadline } from '../timing/deadline.ts'
import type { Upstream, UpstreamReply } from '../upstream.ts'
import { isRefusal } from './answer-flaw.ts'
import { type AttemptOptions, type AttemptResult, attemptTarget } from './attempt.ts'
import { attemptFailure } from './attempt-failure.ts'
import { readFailure } from './failure.ts'
import { forcedFailure } from './forced-failures.ts'
import { waitForRetry } from './retry.ts'
import type { Walk, WalkTarget } from './walk.ts'

export interface TryOptions extends Omit<AttemptOptions, 'upstream' | 'request'> {
  /** By provider name. */
  upstreams: Record<string, Upstream>
  /** By configured model id. */
  targets: Record<string, UpstreamTarget>
  request: Omit<UpstreamRequest, 'target' | 'signal'>
  walk: Walk
  deadline: Deadline
  /** Positions of forced failures in the order of attempts, from 1. */
  failTargets: ReadonlySet<number>
  /** Every call is added. */
  attempts: Attempt[]
}

/** @throws RouterError for the caller, where no target has served */
export const tryTargets = async (call: TryOptions): Promise<UpstreamReply> => {
  const { walk, attempts } = call
  let skipError: RouterError | null = null
  let refusal: UpstreamReply | null = null
  for (let position = 1; attempts.length < maxAttempts(call); position += 1) {
    const target = walk.next()
    if (target === null) break
    const isForced = call.failTargets.has(position)
    const result = isForced ? forcedResult(call, target, position) : await tryTarget(call, target)
    if (result.kind === 'reply') {
      if (!isRefusal(result.reply) || !walk.turnToContentPolicy()) {
        cancelRefusal(refusal)
        return result.reply
      }
      refusal = result.reply
    } else if (result.kind === 'skipped') skipError ??= result.error
    else if (walk.fail(target, result.error, readFailure(result.error))) break
  }
  if (refusal !== null) return refusal // no other target has answered
  throw walk.error ?? skipError ?? unavailable(walk.waitMs())
}

/** Cancels a refusal after another target has answered. */
const cancelRefusal = (refusal: UpstreamReply | null): void => {
  if (refusal?.kind === 'stream') void refusal.stream.cancel().catch(() => undefined)
}

/** A target's one or two calls. @returns the last result */
const tryTarget = async (call: TryOptions, target: WalkTarget): Promise<AttemptResult> => {
  const first = await attemptOnce(call, target)
  if (first.kind !== 'failed' || call.attempts.length + call.walk.ready() >= maxAttempts(call)) {
    return first
  }
  const { resilience, deadline, walk } = call
  const release = await call.waits.during(
    waitForRetry({
      resilience,
      deadline,
      health: target.health,
      failure: readFailure(first.error),
      hasOthers: walk.ready() > 0,
    }),
  )
  if (release === null) return first
  try {
    const second = await attemptOnce(call, target)
    return second.kind === 'skipped' ? first : second
  } finally {
    release()
  }
}

const attemptOnce = async (call: TryOptions, { model }: WalkTarget): Promise<AttemptResult> => {
  const { request, deadline, attempts, walk } = call
  const target = call.targets[model]
  const upstream = target && call.upstreams[target.provider]
  if (!upstream) throw new Error(`No upstream serves the model ${model}.`)
  const isLastChance = walk.ready() === 0 || attempts.length + 1 >= maxAttempts(call)
  const { resilience, callerSignal, isBuffered, waits, promptTokens, now } = call
  const result = await attemptTarget({
    upstream,
    resilience,
    callerSignal,
    isBuffered,
    waits,
    promptTokens,
    now,
    request: { target, isLastChance, signal: deadline.signal, ...request },
  })
  if (result.kind === 'skipped') return result
  attempts.push(result.attempt)
  // The client disconnected or the deadline passed: no further attempt.
  if (result.kind === 'failed' && deadline.signal.aborted) throw deadline.signal.reason
  return result
}

const forcedResult = (
  call: TryOptions,
  { model, provider }: WalkTarget,
  at: number,
): AttemptResult => {
  const error = forcedFailure(at)
  const attempt: Attempt = {
    provider,
    model,
    startedAtMs: call.now(),
    durationMs: 0,
    status: null,
    errorCode: error.code,
    ...attemptFailure(error),
  }
  call.attempts.push(attempt)
  return { kind: 'failed', error, attempt }
}

const maxAttempts = ({ resilience }: TryOptions): number =>
  resilience.config.resilience.max_attempts

const unavailable = (waitMs: number | null): RouterError =>
  new RouterError(
    'targets_unavailable',
    'No model that may serve this request can be called now; try again later.',
    { details: { retryAfterMs: waitMs ?? 1_000 } },
  )
