// The consequences of a failed attempt: which chain continues, whether the same target may be retried, and the outcome for its breaker.
// Retryability was decided where the error was created; this only reads it.
import type { RouterError } from '../../errors.ts'
import type { RateLimitState } from '../failure/rate-limit-headers.ts'
import type { BreakerOutcome } from './breaker-state.ts'

/**
 * `general` continues with the next target; `context_window` and `content_policy` with the fallbacks configured for them; `final` is
 * about the caller's request and would fail with every target.
 */
export type FailureKind = 'general' | 'context_window' | 'content_policy' | 'final'

export interface Failure {
  kind: FailureKind
  /** The provider's status; null where none was received. */
  status: number | null
  /** The same target may be retried: no part of an answer was received, and time may help. */
  mayRetryTarget: boolean
  outcome: BreakerOutcome
  isRateLimited: boolean
  /** The wait that the provider asked for. */
  retryAfterMs: number | null
  /** 401 or 403: the provider refused its keys. */
  isKeyRejected: boolean
  rateLimit: RateLimitState | null
}

const LONGEST_WAIT_MS = 60_000

export const readFailure = (error: RouterError): Failure => {
  const { status, retryAfterMs, isKeyRejected, rateLimit } = error.details
  return {
    kind: kindOf(error),
    status: statusOf(error),
    mayRetryTarget: mayRetryTarget(error),
    outcome: outcomeOf(error),
    isRateLimited: error.code === 'upstream_error' && status === 429,
    retryAfterMs: typeof retryAfterMs === 'number' ? Math.min(retryAfterMs, LONGEST_WAIT_MS) : null,
    isKeyRejected: isKeyRejected === true,
    rateLimit: isRateLimit(rateLimit) ? rateLimit : null,
  }
}

/** The provider's status: the HTTP status, or the one in a payload under status 200. */
const statusOf = ({ details }: RouterError): number | null => {
  const { status, providerStatus } = details
  if (typeof status === 'number' && status >= 400) return status
  return typeof providerStatus === 'number' ? providerStatus : null
}

// A refused key, a missing model or missing credit is about the target, not the request.
const TARGET_STATUSES = new Set([401, 402, 403, 404, 408, 409, 425, 429])

const kindOf = (error: RouterError): FailureKind => {
  if (!error.code.startsWith('upstream_')) {
    return error.code === 'queue_full' ? 'general' : 'final'
  }
  // Another model may support the parameter that this one refuses.
  if (error.details.isUnsupported === true) return 'general'
  const status = statusOf(error)
  if (status === null || status >= 500 || TARGET_STATUSES.has(status)) return 'general'
  const parts = [
    error.details.providerCode,
    error.details.providerType,
    error.details.providerMessage,
  ]
  const text = parts.filter((part) => typeof part === 'string').join(' ')
  if (status === 413 || CONTEXT.test(text)) return 'context_window'
  return POLICY.test(text) ? 'content_policy' : 'final'
}

// OpenAI's code, and the messages of Anthropic, Gemini, vLLM, llama.cpp and Mistral.
const CONTEXT =
  /context_length_exceeded|maximum context length|context (?:window|size|length)|prompt is too long|too many tokens|exceeds the maximum number of tokens|request_too_large/i
const POLICY =
  /content_filter|content_policy_violation|content filter|content (?:management )?policy|ResponsibleAIPolicy|moderation|safety (?:system|settings|filters?)/i

// A connection timeout has already taken its time; other network errors fail fast and may be retried.
const mayRetryTarget = (error: RouterError): boolean => {
  if (!error.isRetryable) return false
  if (error.code === 'upstream_error') return statusOf(error) !== null && !isQuota(error)
  return error.code === 'upstream_unavailable' && error.details.causeCode !== CONNECT_TIMEOUT
}

const CONNECT_TIMEOUT = 'UND_ERR_CONNECT_TIMEOUT'

const isQuota = ({ details }: RouterError): boolean =>
  details.providerCode === 'insufficient_quota' || details.providerType === 'insufficient_quota'

const outcomeOf = (error: RouterError): BreakerOutcome => {
  switch (error.code) {
    case 'upstream_timeout':
    case 'upstream_unavailable':
    case 'upstream_interrupted':
      return 'failure'
    case 'upstream_error':
    case 'upstream_invalid': {
      const status = statusOf(error)
      return status === null || status >= 500 ? 'failure' : 'neutral'
    }
    default:
      return 'neutral'
  }
}

const isRateLimit = (value: unknown): value is RateLimitState =>
  typeof value === 'object' && value !== null && 'remainingRequests' in value
