// One call to a provider with its span, where the request is traced. Tokens are known at the end of a stream, so the span
// ends there.
import type { RequestTrace } from '../../core/trace.ts'
import type { UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import type { Upstream, UpstreamReply } from '../upstream.ts'
import { endFailed } from './traced-call.ts'

/** As `upstream.chat`. */
export const tracedChat = (upstream: Upstream, request: UpstreamRequest): Promise<UpstreamReply> =>
  request.trace === undefined
    ? upstream.chat(request)
    : chatInSpan(upstream, { ...request, trace: request.trace })

const chatInSpan = async (
  upstream: Upstream,
  request: UpstreamRequest & { trace: RequestTrace },
): Promise<UpstreamReply> => {
  const { trace, target, body } = request
  const { provider, model, upstreamName } = target
  const isStream = body.stream === true
  const span = trace.attempt({ operation: 'chat', provider, model, upstreamName, isStream })
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
    endFailed(span, thrown)
    throw thrown
  }
}
