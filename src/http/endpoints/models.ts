// GET /v1/models and /v1/models/:id: everything that a request's `model` may be, in OpenAI's shape; the last is for
// /v1/embeddings alone.
import { z } from 'zod'
import type { Principal } from '../../core/decide/gateway-key.ts'
import { mayUseModel, mayUseRoute } from '../../core/decide/permitted.ts'
import { RouterError } from '../../errors.ts'
import type { HttpDeps } from '../request/deps.ts'
import { defineEndpoint } from '../request/endpoint.ts'
import { principalOf } from '../request/principal.ts'

export const modelSchema = z.strictObject({
  id: z.string(),
  object: z.literal('model'),
  created: z.int(),
  owned_by: z.string(),
})

export const modelListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(modelSchema),
})

type ModelJson = z.infer<typeof modelSchema>

const OWNER = 'signalbox'

const modelsOf = (deps: HttpDeps): ModelJson[] => {
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

const visibleTo = (principal: Principal, data: ModelJson[], { config }: HttpDeps): ModelJson[] =>
  data.filter(({ id }) => {
    if (id.startsWith('route:')) return mayUseRoute(principal, id.slice('route:'.length))
    return !Object.hasOwn(config.models, id) || mayUseModel(principal, id)
  })

export const listModels = defineEndpoint({
  id: 'listModels',
  method: 'get',
  path: '/v1/models',
  access: 'inference',
  summary: 'Everything that `model` may be: auto, routes, models, the local encoder.',
  response: modelListSchema,
  handler: (deps) => {
    const data = modelsOf(deps)
    return (c) => ({ object: 'list' as const, data: visibleTo(principalOf(c), data, deps) })
  },
})

export const getModel = defineEndpoint({
  id: 'getModel',
  method: 'get',
  path: '/v1/models/:id{.+}',
  access: 'inference',
  summary: 'One of them; the id may hold colons and slashes.',
  response: modelSchema,
  handler: (deps) => {
    const data = modelsOf(deps)
    return (c) => {
      const id = c.req.param('id')
      const found = visibleTo(principalOf(c), data, deps).find((model) => model.id === id)
      if (found) return found
      const message = 'There is no such model; GET /v1/models lists them.'
      throw new RouterError('model_not_found', message, { param: 'model' })
    }
  },
})
