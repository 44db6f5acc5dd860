// RouterError → OpenAI's error envelope. The only place that maps error codes to HTTP statuses and OpenAI's error types.
import type { ErrorCode, RouterError } from '../errors.ts'
import type { Redact } from '../telemetry/redact.ts'

/** Status of each code; `upstream_error` follows the provider's status where `statusOf` says so. */
export const ERROR_STATUS = {
  invalid_request: 400,
  invalid_json: 400,
  body_too_large: 413,
  unsupported_encoding: 415,
  invalid_api_key: 401,
  permission_denied: 403,
  rate_limit_exceeded: 429,
  insufficient_quota: 429,
  key_not_found: 404,
  not_found: 404,
  method_not_allowed: 405,
  model_not_found: 404,
  route_not_found: 404,
  decision_not_found: 404,
  invalid_config: 400,
  config_changed: 412,
  gate_refused: 409,
  invalid_exemplar: 400,
  invalid_vector: 400,
  model_files_invalid: 500,
  encoder_overloaded: 503,
  encoder_timeout: 503,
  encoder_unavailable: 503,
  index_invalid: 500,
  index_unavailable: 503,
  build_in_progress: 409,
  store_unavailable: 503,
  data_directory_in_use: 409,
  upstream_error: 503,
  upstream_timeout: 504,
  upstream_unavailable: 503,
  upstream_interrupted: 502,
  upstream_invalid: 502,
  queue_full: 503,
  targets_unavailable: 503,
  client_closed: 499,
  overloaded: 503,
  shutting_down: 503,
  internal: 500,
} as const satisfies Record<ErrorCode, number>

export interface ErrorEnvelope {
  error: { message: string; type: string; param: string | null; code: string | null }
}

export interface ErrorReply {
  status: number
  headers: Record<string, string>
  body: ErrorEnvelope
}

const MAX_MESSAGE_CHARS = 2_000
const SHUTDOWN_RETRY_SECONDS = 1

const isFinal4xx = (status: number): boolean =>
  status >= 400 && status < 500 && ![401, 403, 408].includes(status)

/** A provider that refuses the configured key is a server error (502), never the caller's 401. */
const upstreamStatus = (status: number): number => {
  if (isFinal4xx(status)) return status
  if (status === 408 || status === 504) return 504
  return status >= 500 ? 503 : 502
}

export const statusOf = (error: RouterError): number => {
  const { status } = error.details
  return error.code === 'upstream_error' && typeof status === 'number'
    ? upstreamStatus(status)
    : ERROR_STATUS[error.code]
}

const typeOf = (status: number): string => {
  if (status === 401) return 'authentication_error'
  if (status === 403) return 'permission_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'server_error'
}

const text = (value: unknown): string | null => (typeof value === 'string' && value ? value : null)

/** The provider's own error, for a 4xx about the caller's request. */
const providerSaid = (error: RouterError): Record<string, unknown> | null => {
  const { status, body } = error.details
  if (error.code !== 'upstream_error' || typeof status !== 'number' || !isFinal4xx(status)) {
    return null
  }
  const payload = (typeof body === 'object' && body !== null ? body : {}) as { error?: unknown }
  const inner = payload.error ?? payload
  return typeof inner === 'object' && inner !== null ? (inner as Record<string, unknown>) : {}
}

const codeOf = (error: RouterError, status: number): string =>
  status === 429 && error.code !== 'insufficient_quota' ? 'rate_limit_exceeded' : error.code

/** OpenAI's client waits `retry-after` seconds, and retries by itself unless `x-should-retry` is false. */
const retryHeaders = (error: RouterError, status: number): Record<string, string> => {
  const { retryAfterMs } = error.details
  const headers: Record<string, string> = {}
  const isKnown = typeof retryAfterMs === 'number' && Number.isFinite(retryAfterMs)
  if (isKnown) headers['retry-after'] = String(Math.max(1, Math.ceil(retryAfterMs / 1_000)))
  if (error.code === 'shutting_down') headers['retry-after'] ??= String(SHUTDOWN_RETRY_SECONDS)
  // The router's own attempts are used up. A retry by the client only helps where the provider named a time.
  const isSpent = error.code.startsWith('upstream_') && !(status === 429 && isKnown)
  // A used-up budget returns with its day or month: no retry helps. A reserved one may be released in a moment.
  const isUsedUp = error.code === 'insufficient_quota' && !error.isRetryable
  if (isSpent || isUsedUp) headers['x-should-retry'] = 'false'
  return headers
}

/**
 * Status, headers and body for an error. The message is the error's own, except for `internal`, which only gives the request id, and
 * for a provider's 4xx, which is the provider's message without keys.
 */
export const toErrorReply = (
  error: RouterError,
  options: { requestId: string; redact: Redact },
): ErrorReply => {
  const status = statusOf(error)
  const provider = providerSaid(error)
  const message =
    error.code === 'internal'
      ? `An unexpected error happened; the server's log says more under request id ${options.requestId}.`
      : (text(provider?.message) ?? error.message)
  const allow = text(error.details.allow)
  return {
    status,
    headers: {
      ...retryHeaders(error, status),
      ...(allow ? { allow } : {}),
      // The rest of the body is not read, so the connection cannot be used for another request.
      ...(error.details.isConnectionSpent === true ? { connection: 'close' } : {}),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
    },
    body: {
      error: {
        message: options.redact(message).slice(0, MAX_MESSAGE_CHARS),
        type: text(provider?.type) ?? typeOf(status),
        param: text(provider?.param) ?? error.param,
        code: text(provider?.code) ?? codeOf(error, status),
      },
    },
  }
}
