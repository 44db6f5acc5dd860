// What is wanting in a whole answer under status 200: cut short, or declined, read off each dialect's own words.
import type { AnswerFlaw } from '../../core/types.ts'
import { flawOf } from '../../dialects/chat/finish-reasons.ts'
import { isObject, type JsonObject, objectsOf } from '../../dialects/json.ts'
import type { UpstreamReply } from '../upstream.ts'

/** Of an answer of the Responses API. */
export const responseFlaw = ({
  incomplete_details: details,
}: JsonObject): AnswerFlaw | undefined => (isObject(details) ? flawOf(details.reason) : undefined)

/** Of whole answers only: what is wanting in a stream is known at its end. */
export const answerFlaw = (reply: UpstreamReply): AnswerFlaw | undefined => {
  if (reply.kind !== 'json') return undefined
  if (reply.dialect === 'anthropic') return flawOf(reply.body.stop_reason)
  if (reply.dialect === 'responses') return responseFlaw(reply.body)
  return flawOf(objectsOf(reply.body.choices)[0]?.finish_reason)
}
