// Resolves the body's `model`: aliases and the rule for unknown names. The body itself is not changed.
import { createNameModel } from '../../core/decide/named-model.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import type { EndpointFacts } from '../request/endpoint.ts'

/** Called once the body is read; sets `c.get('named')`, absent where the body names no model. */
export const createNoteModel = (
  { config }: Pick<HttpDeps, 'config'>,
  how: NonNullable<EndpointFacts['model']>,
): ((c: AppContext) => void) => {
  const nameModel = createNameModel(config)
  return (c) => {
    const { model } = (c.get('json') ?? {}) as { model?: unknown }
    if (typeof model === 'string') c.set('named', nameModel(model, how === 'routed'))
  }
}
