// Errors in the form of Anthropic's API, for everything under /v1/messages: its envelope, and its names by status.

import type { RouterError } from '../../errors.ts'
import { isObject, type JsonObject } from '../json.ts'

/** Whether a path belongs to Anthropic's dialect, even where no endpoint answers it. */
export const isAnthropicPath = (path: string): boolean =>
  path === '/v1/messages' || path.startsWith('/v1/messages/')

const TYPES: Record<number, string> = {
  400: 'invalid_request_error',
  401: 'authentication_error',
  402: 'billing_error',
  403: 'permission_error',
  404: 'not_found_error',
  413: 'request_too_large',
  429: 'rate_limit_error',
  500: 'api_error',
  503: 'overloaded_error',
  504: 'timeout_error',
  529: 'overloaded_error',
}

const KNOWN = new Set(Object.values(TYPES))

/** The type where it is one of Anthropic's own. */
export const anthropicErrorType = (type: unknown): string | null =>
  typeof type === 'string' && KNOWN.has(type) ? type : null

const typeOf = (status: number): string =>
  TYPES[status] ?? (status < 500 ? 'invalid_request_error' : 'api_error')

export interface AnthropicErrorEnvelope {
  type: 'error'
  error: { type: string; message: string; details?: JsonObject }
  request_id: string
}

/**
 * What Anthropic's clients act on: the provider's own facts, or that a request on a thread can be sent again without it.
 * Source: error_code `thread_unsupported_request` of the message-threads beta.
 */
const detailsOf = ({ details }: RouterError): JsonObject | null => {
  const { body, untranslatable } = details
  if (Array.isArray(untranslatable) && untranslatable.includes('thread')) {
    return { error_code: 'thread_unsupported_request', unsupported: untranslatable }
  }
  const reported = isObject(body) && isObject(body.error) ? body.error.details : null
  return isObject(reported) ? reported : null
}

/** The type goes by the status, unless the provider named one of Anthropic's own. */
export const toAnthropicError = (
  { message, type }: { message: string; type: string },
  { status, requestId, cause }: { status: number; requestId: string; cause: RouterError },
): AnthropicErrorEnvelope => {
  const knownType = anthropicErrorType(type)
  const details = detailsOf(cause)
  // OpenAI says invalid_request_error for every 4xx.
  const isGeneral = knownType === null || knownType === 'invalid_request_error'
  return {
    type: 'error',
    error: { type: isGeneral ? typeOf(status) : knownType, message, ...(details && { details }) },
    request_id: requestId,
  }
}
