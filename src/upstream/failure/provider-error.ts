// A provider's failure → RouterError. Retryability is decided here, from status and payload; later steps only read it. Payloads are
// always redacted.
import { MAX_JSON_DEPTH } from '../../core/json-shape.ts'
import { isObject } from '../../dialects/json.ts'
import { RouterError } from '../../errors.ts'
import { readRateLimit } from './rate-limit-headers.ts'
import { redact } from './redact.ts'
import { retryAfterMs, retryDelayMs } from './retry-after.ts'

/** The provider of a call. */
export interface ProviderIdentity {
  provider: string
  /** Its keys, redacted from every message. */
  keys: readonly string[]
}

/** A provider's error payload, redacted. */
export interface ProviderError {
  message: string | null
  type: string | null
  code: string | null
  param: string | null
  /** Details for the client, as Anthropic sends them: `{error_code: "thread_not_found"}`. */
  details: Record<string, unknown> | null
  /** Status inside the payload (OpenRouter: `error.code: 502`), else null. */
  status: number | null
}

/** Reads `{error: {…}}`, `{error: "…"}` or `{message: "…"}`; nulls for other payloads. */
export const readProviderError = (payload: unknown, keys: readonly string[]): ProviderError => {
  const error = isObject(payload) ? (payload.error ?? payload) : payload
  const fields = isObject(error) ? error : { message: error }
  const read = (value: unknown): string | null =>
    typeof value === 'string' || typeof value === 'number'
      ? redact(String(value), keys) || null
      : null
  const status = [fields.status, fields.status_code, fields.code].map(Number).find(isErrorStatus)
  return {
    message: read(fields.message ?? detailText(fields.detail)),
    type: read(fields.type),
    code: read(fields.code),
    param: read(fields.param),
    details: isObject(fields.details) ? readDetails(fields.details, read) : null,
    status: status ?? null,
  }
}

/** FastAPI's form: `[{loc: ["body", "top_k"], msg: "…"}]`. */
const detailText = (detail: unknown): unknown => {
  if (!Array.isArray(detail)) return detail
  const lines = detail.filter(isObject).map(({ loc, msg }) => {
    const where = Array.isArray(loc) ? loc.join('.') : ''
    return [where, msg].filter((part) => typeof part === 'string' && part !== '').join(': ')
  })
  return lines.length > 0 ? lines.join('; ') : detail.join('; ')
}

/** Scalars and lists of them; anything deeper is left out. */
const readDetails = (
  details: Record<string, unknown>,
  read: (value: unknown) => string | null,
): Record<string, unknown> => {
  const clean = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(read)
    return typeof value === 'string' ? read(value) : value
  }
  const kept = Object.entries(details).filter(
    ([, value]) => Array.isArray(value) || !isObject(value),
  )
  return Object.fromEntries(kept.map(([key, value]) => [key, clean(value)]))
}

/** Whether an object is an error payload rather than a completion. */
export const isErrorPayload = (value: Record<string, unknown>): boolean =>
  value.error !== undefined && value.error !== null && value.error !== false

const isErrorStatus = (status: number): boolean =>
  Number.isInteger(status) && status >= 400 && status <= 599

/** 408, 409, 429 and 5xx may pass; any other status is final. */
export const isRetryableStatus = (status: number): boolean =>
  status === 408 || status === 409 || status === 429 || status >= 500

export interface StatusErrorOptions extends ProviderIdentity {
  status: number
  headers: Pick<Headers, 'get'>
  /** The body, parsed where it is JSON, else its text. */
  payload: unknown
  nowMs: number
}

/** `upstream_error` of an answer whose status is 4xx or 5xx; a 401 or 403 is flagged `details.isKeyRejected`. */
export const statusError = (options: StatusErrorOptions): RouterError => {
  const error = readProviderError(options.payload, options.keys)
  const { provider } = options
  const status = isKeyNamed(options.payload) ? 401 : options.status
  const details = {
    ...errorDetails(provider, error),
    status,
    retryAfterMs: retryAfterMs(options.headers, options.nowMs) ?? retryDelayMs(options.payload),
    rateLimit: readRateLimit(options.headers, options.nowMs),
    isKeyRejected: status === 401 || status === 403,
  }
  return new RouterError(
    'upstream_error',
    `Provider ${provider} answered with status ${status}${tail(error.message)}`,
    { isRetryable: isRetryableStatus(status), details, ...param(error) },
  )
}

// Google answers 400 for a bad key as for a bad prompt, and distinguishes them in `details[].reason`.
const isKeyNamed = (payload: unknown): boolean => {
  const error = isObject(payload) && isObject(payload.error) ? payload.error : {}
  const details = Array.isArray(error.details) ? error.details.filter(isObject) : []
  return details.some(({ reason }) => reason === 'API_KEY_INVALID')
}

/**
 * `upstream_invalid` for an error payload under status 200, retryable unless the payload names a final status. A prompt that the
 * content filter stopped is an `upstream_error` of status 400, as with an HTTP status.
 */
export const payloadError = (identity: ProviderIdentity, payload: unknown): RouterError => {
  const error = readProviderError(payload, identity.keys)
  if (error.code === 'content_filter') {
    return new RouterError(
      'upstream_error',
      `Provider ${identity.provider} refused the prompt${tail(error.message)}`,
      { isRetryable: false, details: { ...errorDetails(identity.provider, error), status: 400 } },
    )
  }
  return new RouterError(
    'upstream_invalid',
    `Provider ${identity.provider} answered with an error under status 200${tail(error.message)}`,
    {
      isRetryable: error.status === null || isRetryableStatus(error.status),
      details: { ...errorDetails(identity.provider, error), status: 200 },
      ...param(error),
    },
  )
}

/** `upstream_error` of an error event in the middle of a stream. */
export const eventError = (identity: ProviderIdentity, payload: unknown): RouterError => {
  const error = readProviderError(payload, identity.keys)
  return new RouterError(
    'upstream_error',
    `Provider ${identity.provider} sent an error in the middle of the answer${tail(error.message)}`,
    { details: { ...errorDetails(identity.provider, error), status: 200 } },
  )
}

const errorDetails = (provider: string, error: ProviderError): Record<string, unknown> => ({
  provider,
  providerType: error.type,
  providerCode: error.code,
  param: error.param,
  providerStatus: error.status,
  providerMessage: error.message,
  body: {
    error: {
      message: error.message,
      type: error.type,
      param: error.param,
      code: error.code,
      ...(error.details && { details: error.details }),
    },
  },
})

const param = (error: ProviderError): { param?: string } =>
  error.param === null ? {} : { param: error.param }

const tail = (message: string | null): string => (message === null ? '.' : `: ${message}`)

/** Continues "Provider X …" where its body could not be read. */
export const NO_OBJECT = `answered with a body that is not a JSON object, or is nested more than ${MAX_JSON_DEPTH} levels deep`

/** `upstream_interrupted`: the provider's body ended or broke before the answer was complete. */
export const interrupted = (provider: string, cause?: unknown): RouterError =>
  new RouterError(
    'upstream_interrupted',
    `Provider ${provider} broke off before the answer was complete.`,
    {
      cause,
      details: { provider, status: 200, causeCode: causeCode(cause) },
    },
  )

/** A rejected fetch: `upstream_unavailable`, or `upstream_timeout` where the connection took too long. */
export const networkError = (provider: string, cause: unknown): RouterError => {
  const code = causeCode(cause)
  const details = { provider, status: null, causeCode: code }
  if (code === 'UND_ERR_CONNECT_TIMEOUT') {
    return new RouterError('upstream_timeout', `Provider ${provider} accepted no connection.`, {
      cause,
      details: { ...details, phase: 'connect' },
    })
  }
  if (code === 'EGRESS_DENIED') {
    const message = `The address of provider ${provider} is on this machine or in a private network, or is never allowed; providers.${provider}.allow_private says whether it may be.`
    return new RouterError('upstream_unavailable', message, { cause, details, isRetryable: false })
  }
  return new RouterError(
    'upstream_unavailable',
    `Provider ${provider} could not be reached${code === null ? '' : ` (${code})`}.`,
    { cause, details, isRetryable: code === null || !/CERT|TLS|SSL|CONTENT_ENCODING/.test(code) },
  )
}

const causeCode = (error: unknown): string | null => {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code
  }
  return null
}
