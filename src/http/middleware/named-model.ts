// Resolves the body's `model`: aliases and the rule for unknown names. The body itself is not changed.
import { createNameModel } from '../../core/decide/named-model.ts'
import type { Middleware } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import type { EndpointFacts } from '../request/endpoint.ts'

/** Runs after json-body; sets `c.get('named')`, absent where the body names no model. */
export const namedModel = (
  { config }: Pick<HttpDeps, 'config'>,
  how: NonNullable<EndpointFacts['model']>,
): Middleware => {
  const nameModel = createNameModel(config)
  return async function namedModel(c, next) {
    const { model } = (c.get('json') ?? {}) as { model?: unknown }
    if (typeof model === 'string') c.set('named', nameModel(model, how === 'routed'))
    await next()
  }
}
