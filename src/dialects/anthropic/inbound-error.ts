// Errors as Anthropic's API tells them, for everything under /v1/messages: its envelope, and its names by status.

import type { RouterError } from '../../errors.ts'
import { isObject, type JsonObject } from '../json.ts'

/** Whether a path speaks Anthropic's dialect, whatever is or is not there. */
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
  const said = isObject(body) && isObject(body.error) ? body.error.details : null
  return isObject(said) ? said : null
}

/** By status, but for a provider's own word where that is one of Anthropic's. */
export const toAnthropicError = (
  { message, type }: { message: string; type: string },
  { status, requestId, cause }: { status: number; requestId: string; cause: RouterError },
): AnthropicErrorEnvelope => {
  const told = anthropicErrorType(type)
  const details = detailsOf(cause)
  // OpenAI says invalid_request_error for every 4xx.
  const isGeneral = told === null || told === 'invalid_request_error'
  return {
    type: 'error',
    error: { type: isGeneral ? typeOf(status) : told, message, ...(details && { details }) },
    request_id: requestId,
  }
}
