// Reads a provider's answer, complete or as events, whichever was sent, and converts it to the requested form.

import type { AnswerNames } from '../../dialects/chat/answer-changes.ts'
import { normaliseCompletion } from '../../dialects/chat/normalise-answer.ts'
import { namesOfTools } from '../../dialects/chat/tool-names.ts'
import type { UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { isObject, type JsonObject, objectsOf, parseObject } from '../../dialects/json.ts'
import { interrupted, NO_OBJECT, payloadError } from '../failure/provider-error.ts'
import { readRateLimit } from '../failure/rate-limit-headers.ts'
import { reportedFailure } from '../failure/reported-failure.ts'
import { readUpstreamHeaders } from '../failure/upstream-headers.ts'
import type { AnswerStreamOptions } from '../stream/answer-stream.ts'
import { messageText } from '../stream/chat-chunk.ts'
import { createChatStream } from '../stream/chat-stream.ts'
import { relayStream } from '../stream/relay.ts'
import { createTextSample, estimateUsage, withCost } from '../stream/usage.ts'
import type { UpstreamReply } from '../upstream.ts'
import { type Exchange, type PostContext, readText } from './http-post.ts'
import {
  answerOfEvents,
  bodyOf,
  eventsOfAnswer,
  eventTextOfList,
  isEventText,
  openBody,
} from './other-form.ts'
import { bodyReader } from './read-body.ts'
import type { WireCall } from './wire.ts'

const MAX_JSON_BYTES = 32 * 1024 * 1024

export type Answered = Exchange & { wireCall: WireCall }

/** The answer of a request without streaming. @throws RouterError `upstream_*` where it is invalid */
export const readWhole = async (
  context: PostContext,
  request: UpstreamRequest,
  answered: Answered,
): Promise<UpstreamReply> => {
  const { response, call, wireCall } = answered
  const text = await textOf(context, answered)
  call.release()
  const events = isEventText(text) ? text : eventTextOfList(text)
  const { body, usage } =
    events === null
      ? wireCall.readReply(objectIn(context, text))
      : wholeOfEvents(context, request, { wireCall, text: events })
  const common = { kind: 'json', ...replyFacts(context, response) } as const
  const { dialect = 'openai' } = wireCall
  if (dialect !== 'openai') {
    const text = wireCall.answerText?.(body) ?? ''
    return { ...common, dialect, body, usage: usage ?? (await estimateOf(request, [text])) }
  }
  return {
    body: withCost(normaliseCompletion(body, namesFor(request, wireCall)), request.target.price),
    usage: usage ?? (await estimate(request, body)),
    ...common,
  }
}

const textOf = async (context: PostContext, answered: Answered): Promise<string> => {
  const { text, isCut } = await readText(context, { maxBytes: MAX_JSON_BYTES, ...answered })
  if (!isCut) return text
  const problem = `answered with more than ${MAX_JSON_BYTES} bytes`
  throw invalidAnswer(context.provider, problem, { isRetryable: false })
}

/** @throws RouterError where the text is not a JSON object, or reports a failure */
const objectIn = (context: PostContext, text: string): JsonObject => {
  const received = parseObject(text)
  if (received === null) throw invalidAnswer(context.provider, NO_OBJECT)
  const failure = reportedFailure(received)
  if (failure !== null) throw payloadError(context, failure)
  return received
}

/** The answer of events that came for a request without streaming. */
const wholeOfEvents = (
  context: PostContext,
  request: UpstreamRequest,
  { wireCall, text }: { wireCall: WireCall; text: string },
): ReturnType<WireCall['readReply']> => {
  const options = streamOptions(request, wireCall, {
    isUsageAsked: true,
    onInvalidEvent: () => undefined,
  })
  const answer = wireCall.createStream(options)
  answer.push(new TextEncoder().encode(text))
  answer.end()
  const { errorPayload, isComplete } = answer.progress
  if (errorPayload !== null) throw payloadError(context, errorPayload)
  if (!isComplete) throw interrupted(context.provider)
  const body = answerOfEvents(answer.take(), wireCall.dialect)
  if (body === null) throw invalidAnswer(context.provider, NO_OBJECT)
  return { body, usage: answer.usage }
}

/** Values for fields that the provider does not send. */
const namesFor = (
  { requestId, target, body }: UpstreamRequest,
  { toolNames, isJsonTool }: WireCall,
): AnswerNames => ({
  id: `chatcmpl-${requestId}`,
  model: target.upstreamName,
  isLegacy: Array.isArray(body.functions),
  toolNames,
  offered: new Set([...namesOfTools(body), ...(toolNames?.keys() ?? [])]),
  isJsonTool,
})

const streamOptions = (
  request: UpstreamRequest,
  wireCall: WireCall,
  rest: Pick<AnswerStreamOptions, 'isUsageAsked' | 'onInvalidEvent'>,
): AnswerStreamOptions => ({
  ...rest,
  choices: typeof request.body.n === 'number' ? request.body.n : 1,
  names: namesFor(request, wireCall),
  price: request.target.price,
})

const replyFacts = ({ now }: PostContext, { status, headers }: Answered['response']) => {
  const rateLimit = readRateLimit(headers, now())
  return { status, ...(rateLimit && { rateLimit }), upstreamHeaders: readUpstreamHeaders(headers) }
}

const estimateOf = (request: UpstreamRequest, texts: readonly string[]) => {
  const sample = createTextSample()
  for (const text of texts) sample.add(text)
  return estimateUsage(request.body, sample)
}

const estimate = (request: UpstreamRequest, { choices }: JsonObject) => {
  const messages = objectsOf(choices).map(({ message }) => message)
  return estimateOf(request, messages.filter(isObject).map(messageText))
}

/** The answer of a request with streaming, up to its first content. @throws RouterError as relayStream */
export const readStreamed = async (
  context: PostContext,
  request: UpstreamRequest,
  answered: Answered,
): Promise<UpstreamReply> => {
  const { logger } = context
  const { body, target, requestId } = request
  const { wireCall, response, call } = answered
  const logFields = { requestId, provider: context.provider, model: target.model }
  let invalidEvents = 0
  const options = streamOptions(request, wireCall, {
    isUsageAsked: isObject(body.stream_options) && body.stream_options.include_usage === true,
    onInvalidEvent: () => {
      invalidEvents += 1
      if (invalidEvents === 1)
        logger.warn(logFields, 'skipped a stream event that is not JSON, or nested too deep')
    },
  })
  const source = await openStream(context, answered)
  // Generated events are in the reply's dialect, whatever the provider's own are.
  const readOurs =
    (wireCall.dialect ?? 'openai') === 'openai' ? createChatStream : wireCall.createStream
  const relayed = await relayStream({
    body: source.body,
    call,
    answer: source.isOurs ? readOurs(options) : wireCall.createStream(options),
    identity: context,
    asked: body,
    logger,
    logFields,
  })
  const { dialect } = wireCall
  return {
    kind: 'stream',
    ...replyFacts(context, response),
    ...(dialect && { dialect }),
    ...relayed,
  }
}

/** The provider's events, or, for an answer of one JSON object, generated ones (`isOurs`). */
const openStream = async (context: PostContext, answered: Answered) => {
  const { response, call, wireCall } = answered
  const { provider } = context
  const reader = bodyReader(response)
  if (reader === null) throw invalidAnswer(provider, 'answered without a body')
  call.startTimer('idle')
  const opened = await openBody(reader).catch((cause: unknown) => {
    throw call.failure ?? interrupted(provider, cause)
  })
  call.stopTimer('idle')
  if (!opened.isJson) return { body: opened.body, isOurs: false }
  const whole = { ...answered, response: { ...response, reader: opened.body } }
  const text = await textOf(context, whole)
  const events = eventTextOfList(text)
  if (events !== null) return { body: bodyOf([new TextEncoder().encode(events)]), isOurs: false }
  const { body } = wireCall.readReply(objectIn(context, text))
  return { body: bodyOf(eventsOfAnswer(body, wireCall.dialect)), isOurs: true }
}
