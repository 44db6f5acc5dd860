// One call to a provider with its span, where the request is traced. Tokens are known at the end of a stream, so the span
// ends there.
import type { UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { toRouterError } from '../../errors.ts'
import type { Upstream, UpstreamReply } from '../upstream.ts'

/** As `upstream.chat`. */
export const tracedChat = async (
  upstream: Upstream,
  request: UpstreamRequest,
): Promise<UpstreamReply> => {
  const { trace, target, body } = request
  if (trace === undefined) return upstream.chat(request)
  const { provider, model, upstreamName } = target
  const span = trace.attempt({ provider, model, upstreamName, isStream: body.stream === true })
  try {
    const reply = await upstream.chat({ ...request, traceHeaders: span.headers })
    const { status } = reply
    if (reply.kind === 'json') {
      span.end({ status, errorCode: null, usage: reply.usage })
      return reply
    }
    span.firstChunk()
    void reply.end.then(({ errorCode, usage }) => span.end({ status, errorCode, usage }))
    return reply
  } catch (thrown) {
    const { code, details } = toRouterError(thrown)
    const status = typeof details.status === 'number' ? details.status : null
    // Refused before it was sent: there was no call, and there is no span.
    if (code !== 'invalid_request') span.end({ status, errorCode: code, usage: null })
    throw thrown
  }
}
