// Errors in the form of Google's APIs, for everything under /v1beta: their envelope, and their names by status.
import type { JsonObject } from '../json.ts'

/** Whether a path belongs to Gemini's dialect, even where no endpoint answers it. */
export const isGeminiPath = (path: string): boolean =>
  path === '/v1beta' || path.startsWith('/v1beta/')

// https://cloud.google.com/apis/design/errors
const NAMES: Record<number, string> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  404: 'NOT_FOUND',
  405: 'UNIMPLEMENTED',
  409: 'ABORTED',
  412: 'FAILED_PRECONDITION',
  429: 'RESOURCE_EXHAUSTED',
  499: 'CANCELLED',
  500: 'INTERNAL',
  503: 'UNAVAILABLE',
  504: 'DEADLINE_EXCEEDED',
}

const nameOf = (status: number): string =>
  NAMES[status] ?? (status < 500 ? 'INVALID_ARGUMENT' : 'UNAVAILABLE')

export interface GeminiErrorEnvelope {
  error: { code: number; message: string; status: string; details: JsonObject[] }
}

export interface GeminiErrorFacts {
  status: number
  /** The error code that the other dialects send; null where there is none. */
  code: string | null
  /** The request's parameter that was wrong. */
  param?: string | null
  requestId?: string
}

/** Our own code goes into the reason, where Google's APIs put theirs. */
export const toGeminiError = (
  message: string,
  { status, code, param, requestId }: GeminiErrorFacts,
): GeminiErrorEnvelope => {
  const reason = (code ?? nameOf(status)).toUpperCase()
  const metadata = { ...(param && { param }), ...(requestId && { requestId }) }
  const info = { '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason, domain: 'signalbox' }
  return {
    error: { code: status, message, status: nameOf(status), details: [{ ...info, metadata }] },
  }
}
