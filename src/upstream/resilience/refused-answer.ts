// Whether an answer is a refusal: whole and under status 200, but without what was asked for.
import { isObject, objectsOf } from '../../dialects/json.ts'
import type { UpstreamReply } from '../upstream.ts'

/** Of whole answers only: a stream has reached the caller before it says how it ends. */
export const isRefusedAnswer = (reply: UpstreamReply): boolean => {
  if (reply.kind !== 'json') return false
  const { stop_reason: stop, incomplete_details: details, choices } = reply.body
  if (reply.dialect === 'anthropic') return stop === 'refusal'
  if (reply.dialect === 'responses') return isObject(details) && details.reason === 'content_filter'
  return objectsOf(choices)[0]?.finish_reason === 'content_filter'
}
