// Anthropic names its errors by type; in a stream there is no status beside it, and retries go by status.
import { isObject } from '../json.ts'

const STATUS: Record<string, number> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
}

/** `{type: "error", error}` → OpenAI's form, with the status that the type stands for. */
export const toErrorPayload = (event: Record<string, unknown>): Record<string, unknown> => {
  const error = isObject(event.error) ? event.error : { message: event.error }
  const status = STATUS[String(error.type)]
  return { error: { ...error, ...(status === undefined ? {} : { status }) } }
}

/** An error as an event of Anthropic's stream. */
export const encodeErrorEvent = (message: string, type: string): Uint8Array =>
  new TextEncoder().encode(
    `event: error\ndata: ${JSON.stringify({ type: 'error', error: { type, message } })}\n\n`,
  )

/** The type where it is one of Anthropic's own. */
export const errorTypeOf = (type: unknown): string =>
  typeof type === 'string' && Object.hasOwn(STATUS, type) ? type : 'api_error'
