// One call to a provider other than a chat: it is made once and answered whole, with its span where the request is traced.
import type { AttemptTrace, RequestTrace } from '../../core/trace.ts'
import type { Usage } from '../../core/types.ts'
import type { UpstreamTarget } from '../../dialects/chat/upstream-request.ts'
import { toRouterError } from '../../errors.ts'

/** Ends the span of a failed call. A call that was refused before it was sent has no outcome, so its span is not ended. */
export const endFailed = (span: AttemptTrace, thrown: unknown): void => {
  const { code, details } = toRouterError(thrown)
  const status = typeof details.status === 'number' ? details.status : null
  if (code !== 'invalid_request') span.end({ status, errorCode: code, usage: null })
}

export interface TracedOptions<T> {
  /** Absent where the request is not traced. */
  trace: RequestTrace | undefined
  target: UpstreamTarget
  /** `embeddings`, or the path of an endpoint. */
  operation: string
  /** Null where the answer reports none. */
  usageOf(answer: T): Usage | null
  /** @param traceHeaders to be sent along */
  work(traceHeaders: Readonly<Record<string, string>>): Promise<T>
}

export const tracedCall = async <T>(options: TracedOptions<T>): Promise<T> => {
  const { trace, target, operation, usageOf, work } = options
  if (trace === undefined) return work({})
  const { provider, model, upstreamName } = target
  const span = trace.attempt({ operation, provider, model, upstreamName, isStream: false })
  try {
    const answer = await work(span.headers)
    span.end({ status: 200, errorCode: null, usage: usageOf(answer) })
    return answer
  } catch (thrown) {
    endFailed(span, thrown)
    throw thrown
  }
}
