// Errors in the dialect of the requested API: Anthropic's or Google's envelope on their paths, Anthropic's also on shared paths for
// clients that send anthropic-version, OpenAI's elsewhere.
import { isAnthropicPath, toAnthropicError } from '../dialects/anthropic/inbound-error.ts'
import { isGeminiPath, toGeminiError } from '../dialects/gemini/inbound-error.ts'
import type { RouterError } from '../errors.ts'
import type { ErrorReply } from './error-response.ts'

export interface DialectError {
  status: number
  body: object
}

interface ErrorContext {
  cause: RouterError
  requestId: string
  /** The request has the header anthropic-version. */
  isForAnthropic: boolean
}

const isSharedPath = (path: string): boolean =>
  path === '/v1/models' || path.startsWith('/v1/models/')

export const inDialectOf = (
  path: string,
  { body, status }: ErrorReply,
  { cause, requestId, isForAnthropic }: ErrorContext,
): DialectError => {
  const { error } = body
  if (isGeminiPath(path)) {
    return { status, body: toGeminiError(error.message, { ...error, status, requestId }) }
  }
  if (!isAnthropicPath(path) && !(isForAnthropic && isSharedPath(path))) return { status, body }
  // Anthropic's clients recognise its own status for an overload, and back off.
  const isOverload = cause.code === 'upstream_error' && cause.details.status === 529
  const sentStatus = isOverload ? 529 : status
  return {
    status: sentStatus,
    body: toAnthropicError(error, { status: sentStatus, requestId, cause }),
  }
}
