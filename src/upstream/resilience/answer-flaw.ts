// Detects flaws of a complete answer under status 200, truncated or refused, in each dialect.
import type { AnswerFlaw } from '../../core/types.ts'
import { flawOf } from '../../dialects/chat/finish-reasons.ts'
import { isObject, type JsonObject, objectsOf, textOf } from '../../dialects/json.ts'
import type { UpstreamReply } from '../upstream.ts'

/** The flaw of an answer of the Responses API. */
export const responseFlaw = ({
  incomplete_details: details,
  output,
}: JsonObject): AnswerFlaw | undefined => {
  const reported = isObject(details) ? flawOf(details.reason) : undefined
  const parts = objectsOf(output).flatMap(({ content }) => objectsOf(content))
  return reported ?? (parts.some(({ type }) => type === 'refusal') ? 'refused' : undefined)
}

/** For complete answers only: a stream's flaw is known at its end. */
export const answerFlaw = (reply: UpstreamReply): AnswerFlaw | undefined => {
  if (reply.kind !== 'json') return undefined
  if (reply.dialect === 'anthropic') return flawOf(reply.body.stop_reason)
  if (reply.dialect === 'responses') return responseFlaw(reply.body)
  const [choice = {}] = objectsOf(reply.body.choices)
  const isDeclining = isObject(choice.message) && textOf(choice.message.refusal) !== ''
  return flawOf(choice.finish_reason) ?? (isDeclining ? 'refused' : undefined)
}

/** Whether the answer is only a refusal; for a stream, whether it begins with one. */
export const isRefusal = (reply: UpstreamReply): boolean =>
  reply.kind === 'json' ? answerFlaw(reply) === 'refused' : reply.isRefusal === true
