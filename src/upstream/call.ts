// Decision → answer, as a value: one attempt at the decision's model, with what it took. Never throws, so that every
// decision gets its completion recorded. Retries and fallback chains grow here, on top of the Upstream interface.
import type { Attempt, Decision } from '../core/types.ts'
import { type RouterError, toRouterError } from '../errors.ts'
import type { ChatBody, NativeBody, Upstream, UpstreamReply, UpstreamTarget } from './upstream.ts'

export interface CallRequest {
  decision: Pick<Decision, 'model' | 'route'>
  body: ChatBody
  native?: NativeBody
  requestId: string
  signal: AbortSignal
}

/** `attempts` holds every call that was made, the last one last. */
export type CallResult =
  | { kind: 'reply'; reply: UpstreamReply; attempts: Attempt[] }
  | { kind: 'error'; error: RouterError; attempts: Attempt[] }

export type CallUpstream = (request: CallRequest) => Promise<CallResult>

export interface CallUpstreamOptions {
  /** By provider name. */
  upstreams: Record<string, Upstream>
  /** By configured model id. */
  targets: Record<string, UpstreamTarget>
  /** Milliseconds since the epoch. */
  now: () => number
}

export const createCallUpstream = ({
  upstreams,
  targets,
  now,
}: CallUpstreamOptions): CallUpstream => {
  const callOnce = async ({ decision, ...request }: CallRequest): Promise<CallResult> => {
    const target = targets[decision.model]
    const upstream = target && upstreams[target.provider]
    if (!upstream) throw new Error(`No upstream serves the model ${decision.model}.`)
    const startedAtMs = now()
    const attemptOf = (status: number | null, errorCode: string | null): Attempt => ({
      provider: target.provider,
      model: target.model,
      startedAtMs,
      durationMs: now() - startedAtMs,
      status,
      errorCode,
    })
    try {
      const reply = await upstream.chat({ ...request, target, route: decision.route })
      return { kind: 'reply', reply, attempts: [attemptOf(reply.status, null)] }
    } catch (thrown) {
      const error = toRouterError(thrown)
      const { status } = error.details
      const attempt = attemptOf(typeof status === 'number' ? status : null, error.code)
      return { kind: 'error', error, attempts: [attempt] }
    }
  }
  return async (request) => {
    try {
      return await callOnce(request)
    } catch (error) {
      return { kind: 'error', error: toRouterError(error), attempts: [] }
    }
  }
}
