// Passes requests of other endpoints than chat through to the provider of the named model, without routing and retries.
import type { RequestTrace } from '../core/trace.ts'
import type { UpstreamTarget } from '../dialects/chat/upstream-request.ts'
import { RouterError } from '../errors.ts'
import { tracedCall } from '../upstream/resilience/traced-call.ts'
import type { Forwarded, Upstream } from '../upstream/upstream.ts'

export interface ForwardOptions {
  /** Below the provider's base URL: `/images/generations`. */
  path: string
  /** The body with the model's name at its provider. */
  withModel(name: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; contentType: string }>
  /** Absent where the request is not traced. */
  trace?: RequestTrace
  requestId: string
  signal: AbortSignal
}

/** @throws RouterError `model_not_found`, `invalid_request` for a provider without such endpoints, `upstream_*` */
export type Forward = (model: string, options: ForwardOptions) => Promise<Forwarded>

export interface ForwarderOptions {
  /** By provider name. */
  upstreams: Record<string, Pick<Upstream, 'kind' | 'forward'>>
  /** By configured model id. */
  targets: Record<string, UpstreamTarget>
}

export const createForwarder =
  ({ upstreams, targets }: ForwarderOptions): Forward =>
  async (model, { withModel, ...request }) => {
    const target = Object.hasOwn(targets, model) ? targets[model] : undefined
    if (!target) {
      const message = 'There is no such model. Name a configured model: nothing is routed here.'
      throw new RouterError('model_not_found', message, { param: 'model' })
    }
    const upstream = upstreams[target.provider]
    const { forward } = upstream ?? {}
    if (!forward) {
      throw new RouterError(
        'invalid_request',
        `model: the provider of this model (kind ${upstream?.kind}) has no such endpoint; name a model of a provider of kind openai`,
        { param: 'model' },
      )
    }
    const body = await withModel(target.upstreamName)
    return tracedCall({
      trace: request.trace,
      target,
      operation: request.path.slice(1),
      usageOf: () => null,
      work: (traceHeaders) => forward({ ...request, ...body, target, traceHeaders }),
    })
  }
