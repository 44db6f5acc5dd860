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
    if (isErrorPayload(choice)) return { error: choice.error }
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

/** What servers send in place of an answer without calling it an error: FastAPI, MiniMax, gateways. */
const barePayload = (value: JsonObject): JsonObject | null => {
  const { message, detail, code, status, status_code: statusCode, base_resp: base } = value
  if (typeof detail === 'string') return { error: { ...value, message: detail } }
  const isStatus = [code, status, statusCode].some((one) => Number(one) >= 400)
  if (typeof message === 'string' && isStatus) return { error: value }
  if (!isObject(base) || !base.status_code) return null
  return { error: { message: base.status_msg, type: 'server_error', code: base.status_code } }
}
