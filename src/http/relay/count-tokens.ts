// Shared by the endpoints that count tokens: the requested model must be permitted, and a header says whether the count is the
// provider's or an estimate.
import { requirePermitted } from '../../core/decide/permitted.ts'
import { parseRequestedModel, type RequestedModel } from '../../core/decide/requested-model.ts'
import type { ChatBody, NativeBody } from '../../dialects/chat/upstream-request.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { principalOf } from '../request/principal.ts'

/** Headers for the endpoint's declaration. */
export const COUNT_HEADERS = {
  'x-router-token-count': '`exact` as the provider counts, else `estimated`.',
}

/** Parses a name under this configuration. @throws RouterError `model_not_found`, `route_not_found` */
export const createRequestedModel = ({
  config,
}: Pick<HttpDeps, 'config'>): ((model: string) => RequestedModel) => {
  const known = { routes: Object.keys(config.routes), models: Object.keys(config.models) }
  return (model) => parseRequestedModel(model, known)
}

/** @throws RouterError `model_not_found`, `route_not_found`, `permission_denied` */
export const createTokenCount = (deps: HttpDeps) => {
  const requestedModel = createRequestedModel(deps)
  return async (
    c: AppContext,
    { model, body, native }: { model: string; body: ChatBody; native: NativeBody },
  ): Promise<number> => {
    const requested = requestedModel(model)
    requirePermitted(principalOf(c), requested)
    const { tokens, isEstimated } = await deps.countTokens({
      model: requested.kind === 'model' ? requested.model : null,
      body,
      native,
      requestId: c.get('requestId'),
      signal: c.req.raw.signal,
    })
    c.header('x-router-token-count', isEstimated ? 'estimated' : 'exact')
    return tokens
  }
}
