// Decides whether and when the same target is called again: only if the error permits it, the retry budget has room, the wait fits the
// deadline, and the target's cooldown was not extended meanwhile.
import { sleepUnder } from '../../jobs/end-signal.ts'
import type { Deadline } from '../timing/deadline.ts'
import { backoffMs } from './backoff.ts'
import type { Failure } from './failure.ts'
import type { Resilience } from './resilience.ts'
import type { TargetHealth } from './target-health.ts'

export interface RetryOptions {
  resilience: Pick<Resilience, 'config' | 'budget' | 'random'>
  deadline: Deadline
  health: TargetHealth
  failure: Failure
  /** Whether another target could be called instead. */
  hasOthers: boolean
}

/**
 * Resolves after the wait with the function that releases the retry; null where there is no retry.
 * @throws the deadline's reason where it aborts during the wait
 */
export const waitForRetry = async (options: RetryOptions): Promise<(() => void) | null> => {
  const { resilience, deadline, health, failure, hasOthers } = options
  const { backoff_base_ms, backoff_max_ms, max_retry_wait_ms } = resilience.config.resilience
  if (!failure.mayRetryTarget) return null
  const backoff = backoffMs(0, {
    baseMs: backoff_base_ms,
    maxMs: backoff_max_ms,
    random: resilience.random,
  })
  const waitMs = failure.retryAfterMs ?? backoff
  const longestMs = Math.min(deadline.remainingMs(), hasOthers ? max_retry_wait_ms : Infinity)
  if (waitMs >= longestMs || health.breakerWaitMs() > waitMs) return null
  const release = resilience.budget.take()
  if (release === null) return null
  const { cooldownUntilMs } = health
  try {
    await sleepUnder(waitMs, deadline.signal)
  } catch {
    release()
    throw deadline.signal.reason
  }
  if (health.cooldownUntilMs <= cooldownUntilMs) return release
  release() // another request extended the cooldown meanwhile
  return null
}
