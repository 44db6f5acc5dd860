// The demo provider, for servers without a provider key and for tests. Answers are a function of the request, ids of its id.

import type { Usage } from '../../core/types.ts'
import type { UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { isObject } from '../../dialects/json.ts'
import { writeJson } from '../../dialects/lossless-json.ts'
import { DONE_DATA, encodeData } from '../../dialects/sse.ts'
import { RouterError } from '../../errors.ts'
import { type EndSignal, sleepUnder } from '../../jobs/end-signal.ts'
import { droppedByTranslation, refuseUntranslatable } from '../provider/untranslatable.ts'
import { withCost } from '../stream/usage.ts'
import { clientClosed } from '../timing/live-call.ts'
import type { StreamEnd, Upstream, UpstreamReply } from '../upstream.ts'
import { type EchoAnswer, echoAnswer } from './echo-answer.ts'

export interface EchoUpstreamOptions {
  /** Milliseconds since the epoch. */
  now?: () => number
  /** Wait before a JSON answer, and before each chunk of a stream. */
  delayMs?: number
}

/** @throws RouterError from `chat`: `invalid_request` for an impossible `tool_choice`, `client_closed`. */
export const createEchoUpstream = (options: EchoUpstreamOptions = {}): Upstream => {
  const { now = Date.now, delayMs = 0 } = options
  return {
    kind: 'echo',
    chat: async (request) => {
      refuseUntranslatable(request, { kind: 'echo' })
      const answer = echoAnswer(request)
      const created = Math.floor(now() / 1_000)
      await pause(delayMs, request.signal)
      const reply =
        request.body.stream === true
          ? streamReply(chunksOf(request, answer, created), { request, answer, delayMs })
          : jsonReply(request, answer, created)
      const dropped = droppedByTranslation(request, { kind: 'echo' })
      return dropped.length > 0 ? { ...reply, dropped } : reply
    },
  }
}

const pause = async (delayMs: number, signal: EndSignal): Promise<void> => {
  try {
    signal.throwIfAborted()
    if (delayMs > 0) await sleepUnder(delayMs, signal)
  } catch {
    throw signal.reason instanceof RouterError ? signal.reason : clientClosed()
  }
}

const choiceCount = (request: UpstreamRequest): number => {
  const { n } = request.body
  return typeof n === 'number' && n >= 1 ? Math.min(Math.floor(n), 128) : 1
}

const usageOf = (request: UpstreamRequest, answer: EchoAnswer): Usage => ({
  promptTokens: answer.promptTokens,
  completionTokens: answer.completionTokens * choiceCount(request),
  isEstimated: true,
})

const wireUsage = ({ promptTokens, completionTokens }: Usage): Record<string, number> => ({
  prompt_tokens: promptTokens,
  completion_tokens: completionTokens,
  total_tokens: promptTokens + completionTokens,
})

const envelope = (request: UpstreamRequest, object: string, created: number) => ({
  id: `chatcmpl-${request.requestId}`,
  object,
  created,
  model: request.target.upstreamName,
})

const toolCalls = ({ toolCall }: EchoAnswer) =>
  toolCall === null
    ? undefined
    : [
        {
          id: toolCall.id,
          type: 'function',
          function: { name: toolCall.name, arguments: toolCall.arguments },
        },
      ]

const jsonReply = (
  request: UpstreamRequest,
  answer: EchoAnswer,
  created: number,
): UpstreamReply => {
  const usage = usageOf(request, answer)
  const calls = toolCalls(answer)
  const message = {
    role: 'assistant',
    content: calls ? null : answer.words.join(''),
    refusal: null,
    ...(calls && { tool_calls: calls }),
  }
  const choices = Array.from({ length: choiceCount(request) }, (_, index) => ({
    index,
    message,
    logprobs: null,
    finish_reason: answer.finishReason,
  }))
  const body = {
    ...envelope(request, 'chat.completion', created),
    choices,
    usage: wireUsage(usage),
  }
  return { kind: 'json', status: 200, body: withCost(body, request.target.price), usage }
}

/** Events are created as they are read: 128 choices of a long answer would not fit in memory. */
function* chunksOf(
  request: UpstreamRequest,
  answer: EchoAnswer,
  created: number,
): Generator<string> {
  const base = envelope(request, 'chat.completion.chunk', created)
  const calls = toolCalls(answer)?.map((call, index) => ({ index, ...call }))
  const deltas: Record<string, unknown>[] = [
    { role: 'assistant', content: calls ? null : '' },
    ...(calls ? [{ tool_calls: calls }] : answer.words.map((content) => ({ content }))),
  ]
  for (let index = 0; index < choiceCount(request); index += 1) {
    for (const delta of deltas) {
      yield writeJson({ ...base, choices: [{ index, delta, finish_reason: null }] })
    }
    const choice = { index, delta: {}, finish_reason: answer.finishReason }
    yield writeJson({ ...base, choices: [choice] })
  }
  const { stream_options: asked } = request.body
  if (isObject(asked) && asked.include_usage === true) {
    const last = { ...base, choices: [], usage: wireUsage(usageOf(request, answer)) }
    yield writeJson(withCost(last, request.target.price))
  }
  yield DONE_DATA
}

interface StreamContext {
  request: UpstreamRequest
  answer: EchoAnswer
  delayMs: number
}

const streamReply = (events: Iterator<string>, context: StreamContext): UpstreamReply => {
  const { request, answer, delayMs } = context
  let resolveEnd: (end: StreamEnd) => void = () => undefined
  const end = new Promise<StreamEnd>((resolve) => {
    resolveEnd = resolve
  })
  const finish = (error: RouterError | null): void => {
    request.signal.removeEventListener('abort', onAbort)
    const left = error?.code === 'client_closed' ? 'client_closed' : 'interrupted'
    const outcome = error === null ? 'served' : left
    resolveEnd({ outcome, usage: usageOf(request, answer), errorCode: error?.code ?? null })
  }
  const onAbort = (): void =>
    finish(request.signal.reason instanceof RouterError ? request.signal.reason : clientClosed())
  request.signal.addEventListener('abort', onAbort, { once: true })

  let next = events.next()
  let isFirst = true
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        await pause(isFirst ? 0 : delayMs, request.signal)
        isFirst = false
        if (!next.done) controller.enqueue(encodeData(next.value))
        next = events.next()
        if (!next.done) return
        controller.close()
        finish(null)
      },
      cancel: () => finish(clientClosed()),
    },
    { highWaterMark: 0 },
  )
  return { kind: 'stream', status: 200, stream, end }
}
