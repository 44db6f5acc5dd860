// Failures that a provider tells under status 200: as an error payload of some form, as the error of a choice, or as the
// reason why a choice ended. None of them is an answer.
import { isFailedFinish } from '../../dialects/chat/finish-reasons.ts'
import { isObject, type JsonObject, objectsOf } from '../../dialects/json.ts'
import { isErrorPayload } from './provider-error.ts'

/** The error payload that the value stands for, in the form `{error: …}`; null where it tells of no failure. */
export const toldFailure = (value: JsonObject): JsonObject | null => {
  if (isErrorPayload(value)) return value
  if (value.object === 'error' || value.type === 'error') return { error: value }
  if (!Array.isArray(value.choices)) return barePayload(value)
  for (const choice of objectsOf(value.choices)) {
    const told = [choice, choice.message, choice.delta].filter(isObject).find(isErrorPayload)
    if (told) return { error: told.error }
    if (isFailedFinish(choice.finish_reason)) return failedFinish(choice.finish_reason)
  }
  return null
}

/** The payload of an answer that ended for a reason that is a failure. */
export const failedFinish = (reason: string): JsonObject => ({
  error: {
    message: `The provider gave up its answer (${reason}).`,
    type: 'server_error',
    code: reason,
  },
})

const isBad = (status: unknown): boolean =>
  status === false || /^(?:error|fail(?:ed|ure)?)$/i.test(String(status)) || Number(status) >= 400

/**
 * What servers send in place of an answer without calling it an error: FastAPI, MiniMax, Cloudflare, Baidu, DashScope,
 * gateways.
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
