// Embeddings of a provider that speaks OpenAI's dialect: one POST under the same keys, timers and checks as a chat, the
// answer handed on as it came but for its cost.
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { parseObject } from '../../dialects/json.ts'
import { isErrorPayload, NO_OBJECT, payloadError } from '../failure/provider-error.ts'
import { withCost } from '../stream/usage.ts'
import { startCall, type Timeouts } from '../timing/live-call.ts'
import type { EmbedRequest, Upstream } from '../upstream.ts'
import { type PostContext, post, readText } from './http-post.ts'

const MAX_BYTES = 64 * 1024 * 1024

export interface EmbedWire {
  authHeaders(key: string): Record<string, string>
  /** Path of the embeddings below the base URL, by the model's name there. */
  embeddingsPath(upstreamName: string): string
}

/** One attempt per call. Errors as of `chat`. */
export const createEmbed = (
  context: PostContext & { timeouts: Timeouts },
  wire: EmbedWire,
): NonNullable<Upstream['embed']> => {
  const { provider } = context
  const answer = async (
    { target, body, requestId }: EmbedRequest,
    call: ReturnType<typeof startCall>,
  ): Promise<Record<string, unknown>> => {
    const exchange = await post(context, {
      path: wire.embeddingsPath(target.upstreamName),
      headers: {},
      authHeaders: wire.authHeaders,
      body: { ...body, model: target.upstreamName },
      isStream: false,
      requestId,
      call,
    })
    const { text, isCut } = await readText(context, { ...exchange, maxBytes: MAX_BYTES })
    if (isCut) {
      const problem = `answered with more than ${MAX_BYTES} bytes`
      throw invalidAnswer(provider, problem, { isRetryable: false })
    }
    const received = parseObject(text)
    if (received === null) {
      throw invalidAnswer(provider, NO_OBJECT)
    }
    if (isErrorPayload(received)) throw payloadError(context, received)
    if (!Array.isArray(received.data)) throw invalidAnswer(provider, 'answered without embeddings')
    // Nothing is put out, so the price of output need not be known.
    return withCost(received, { ...target.price, output: target.price.output ?? 0 })
  }
  return async (request) => {
    const call = startCall(request.signal, context.timeouts)
    try {
      if (call.failure !== null) throw call.failure
      return await answer(request, call)
    } catch (error) {
      throw call.failure ?? error
    } finally {
      call.release()
    }
  }
}
