// Embeddings of a provider with OpenAI's dialect: one POST with the same keys, timers and checks as a chat; the answer is passed on
// with its cost added.
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { parseObject } from '../../dialects/json.ts'
import { isErrorPayload, NO_OBJECT, payloadError } from '../failure/provider-error.ts'
import { withCost } from '../stream/usage.ts'
import { type LiveCall, startCall, type Timeouts } from '../timing/live-call.ts'
import type { EmbedRequest, Upstream } from '../upstream.ts'
import { type PostContext, post, readText } from './http-post.ts'

const MAX_BYTES = 64 * 1024 * 1024

export interface EmbedWire {
  authHeaders(key: string): Record<string, string>
  /** Path of the embeddings below the base URL, by the model's name there. */
  embeddingsPath(upstreamName: string): string
}

type EmbedContext = PostContext & { timeouts: Timeouts }

/** The answer of one POST as text; @throws RouterError `upstream_*` */
const askForText = async (
  context: EmbedContext,
  wire: EmbedWire,
  { request, call }: { request: EmbedRequest; call: LiveCall },
): Promise<string> => {
  const { target, body, requestId, traceHeaders = {} } = request
  const exchange = await post(context, {
    path: wire.embeddingsPath(target.upstreamName),
    headers: traceHeaders,
    authHeaders: wire.authHeaders,
    body: { ...body, model: target.upstreamName },
    isStream: false,
    requestId,
    call,
  })
  const { text, isCut } = await readText(context, { ...exchange, maxBytes: MAX_BYTES })
  if (!isCut) return text
  const problem = `answered with more than ${MAX_BYTES} bytes`
  throw invalidAnswer(context.provider, problem, { isRetryable: false })
}

/** @throws RouterError where the text holds no embeddings */
const readEmbeddings = (
  context: EmbedContext,
  text: string,
  { price }: EmbedRequest['target'],
): Record<string, unknown> => {
  const { provider } = context
  const received = parseObject(text)
  if (received === null) throw invalidAnswer(provider, NO_OBJECT)
  if (isErrorPayload(received)) throw payloadError(context, received)
  if (!Array.isArray(received.data)) throw invalidAnswer(provider, 'answered without embeddings')
  // Embeddings have no output tokens, so their price is not needed.
  return withCost(received, { ...price, output: price.output ?? 0 })
}

/** One attempt per call. Errors as of `chat`. */
export const createEmbed =
  (context: EmbedContext, wire: EmbedWire): NonNullable<Upstream['embed']> =>
  async (request) => {
    const call = startCall(request.signal, context.timeouts)
    try {
      if (call.failure !== null) throw call.failure
      const text = await askForText(context, wire, { request, call })
      return readEmbeddings(context, text, request.target)
    } catch (error) {
      throw call.failure ?? error
    } finally {
      call.release()
    }
  }
