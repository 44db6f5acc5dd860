// Detects failures that a provider reports under status 200: as an error payload, as the error of a choice, or as a finish reason.
import { isFailedFinish } from '../../dialects/chat/finish-reasons.ts'
import { isObject, type JsonObject, objectsOf } from '../../dialects/json.ts'
import { isErrorPayload } from './provider-error.ts'

/** The failure as a payload `{error: …}`; null where the value is an answer. */
export const reportedFailure = (value: JsonObject): JsonObject | null => {
  if (isErrorPayload(value)) return value
  if (value.object === 'error' || value.type === 'error') return { error: value }
  if (!Array.isArray(value.choices)) return barePayload(value)
  for (const choice of objectsOf(value.choices)) {
    const failed = [choice, choice.message, choice.delta].filter(isObject).find(isErrorPayload)
    if (failed) return { error: failed.error }
    if (isFailedFinish(choice.finish_reason)) return failedFinish(choice.finish_reason)
  }
  return null
}

/** The payload for a finish reason that is a failure. */
export const failedFinish = (reason: string): JsonObject => ({
  error: {
    message: `The provider stopped the answer with an error (${reason}).`,
    type: 'server_error',
    code: reason,
  },
})

const isBad = (status: unknown): boolean =>
  status === false || /^(?:error|fail(?:ed|ure)?)$/i.test(String(status)) || Number(status) >= 400

/**
 * Failures without an `error` field, as FastAPI, MiniMax, Cloudflare, Baidu, DashScope and gateways send them.
 */
const barePayload = (value: JsonObject): JsonObject | null => {
  const { message, detail, errors, code, status, status_code: statusCode, success } = value
  if (Array.isArray(errors) && errors.length > 0) {
    const [first] = errors
    return { error: isObject(first) ? first : { message: String(first) } }
  }
  if (typeof detail === 'string' || Array.isArray(detail)) return { error: { ...value, detail } }
  if ([code, status, statusCode, success].some(isBad)) return { error: value }
  if (typeof message === 'string' && typeof code === 'string') return { error: value }
  return codedPayload(value)
}

const codedPayload = ({ error_code: code, error_msg: text, base_resp: base }: JsonObject) => {
  if (code && typeof text === 'string') return { error: { message: text, code } }
  if (!isObject(base) || !base.status_code) return null
  return { error: { message: base.status_msg, type: 'server_error', code: base.status_code } }
}
