// GET /v1/models and /v1/models/:id: everything that a request's `model` may be, in OpenAI's shape; the last is for
// /v1/embeddings alone.
import type { z } from 'zod'
import type { Principal } from '../../core/decide/gateway-key.ts'
import { mayUseModel, mayUseRoute } from '../../core/decide/permitted.ts'
import { RouterError } from '../../errors.ts'
import type { modelSchema } from '../openapi/response-schemas.ts'
import type { App } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { principalOf } from '../request/principal.ts'

type ModelJson = z.infer<typeof modelSchema>

const OWNER = 'signalbox'

const listModels = (deps: HttpDeps): ModelJson[] => {
  const created = Math.floor(deps.now() / 1_000)
  const model = (id: string, owned_by: string): ModelJson => ({
    id,
    object: 'model',
    created,
    owned_by,
  })
  const { routes, models } = deps.config
  const { localModel } = deps.embeddings
  return [
    model('auto', OWNER),
    ...Object.keys(routes).map((name) => model(`route:${name}`, OWNER)),
    ...Object.entries(models).map(([id, { provider }]) => model(id, provider)),
    ...(localModel in models ? [] : [model(localModel, OWNER)]),
  ]
}

export const models = (app: App, deps: HttpDeps): void => {
  const data = listModels(deps)
  const visible = (principal: Principal): ModelJson[] =>
    data.filter(({ id }) => {
      if (id.startsWith('route:')) return mayUseRoute(principal, id.slice('route:'.length))
      return !Object.hasOwn(deps.config.models, id) || mayUseModel(principal, id)
    })
  app.get('/v1/models', (c) => c.json({ object: 'list', data: visible(principalOf(c)) }))
  app.get('/v1/models/:id{.+}', (c) => {
    const id = c.req.param('id')
    const found = visible(principalOf(c)).find((model) => model.id === id)
    if (!found) {
      throw new RouterError(
        'model_not_found',
        'There is no such model; GET /v1/models lists them.',
        {
          param: 'model',
        },
      )
    }
    return c.json(found)
  })
}
