// Passes requests of other endpoints than chat (images, speech, moderation) through to a provider: one POST with the same keys, timers
// and checks as a chat; the answer is passed on complete.
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { startCall, type Timeouts } from '../timing/live-call.ts'
import type { Forwarded, ForwardRequest, Upstream } from '../upstream.ts'
import { type PostContext, post, readAll } from './http-post.ts'
import type { Wire } from './wire.ts'

/** An image of the largest size in base64, or half an hour of speech. */
const MAX_BYTES = 64 * 1024 * 1024

type ForwardContext = PostContext & { timeouts: Timeouts }
type ForwardWire = Pick<Wire, 'authHeaders'> & Required<Pick<Wire, 'pathBeside'>>

/** One attempt per call. Errors as of `chat`. */
export const createForward =
  (context: ForwardContext, wire: ForwardWire): NonNullable<Upstream['forward']> =>
  async (request: ForwardRequest): Promise<Forwarded> => {
    const call = startCall(request.signal, context.timeouts)
    try {
      if (call.failure !== null) throw call.failure
      const { target, path, bytes, contentType, requestId, traceHeaders } = request
      const exchange = await post(context, {
        path: wire.pathBeside(path, target.upstreamName),
        headers: { ...traceHeaders, 'content-type': contentType, accept: '*/*' },
        authHeaders: wire.authHeaders,
        body: bytes,
        isStream: false,
        requestId,
        call,
      })
      const { bytes: answer, isCut } = await readAll(context, { ...exchange, maxBytes: MAX_BYTES })
      if (isCut) {
        const problem = `answered with more than ${MAX_BYTES} bytes`
        throw invalidAnswer(context.provider, problem, { isRetryable: false })
      }
      const type = exchange.response.headers.get('content-type')
      return { bytes: answer, contentType: type ?? 'application/octet-stream' }
    } catch (error) {
      throw call.failure ?? error
    } finally {
      call.release()
    }
  }
