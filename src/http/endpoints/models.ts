// GET /v1/models and /v1/models/:id: all values of a request's `model` (without alias patterns), in OpenAI's format, or in Anthropic's
// for clients that send anthropic-version. The last entry is the local encoder, for /v1/embeddings only.
import { z } from 'zod'
import type { Principal } from '../../core/decide/gateway-key.ts'
import { mayUseModel, mayUseRoute } from '../../core/decide/permitted.ts'
import { RouterError } from '../../errors.ts'
import type { AppContext } from '../request/app-env.ts'
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

const anthropicModelSchema = z.strictObject({
  type: z.literal('model'),
  id: z.string(),
  display_name: z.string(),
  created_at: z.string(),
})

const anthropicListSchema = z
  .strictObject({
    data: z.array(anthropicModelSchema),
    has_more: z.boolean(),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
  })
  .describe('In the shape of Anthropic, where the request has the header anthropic-version.')

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
  const { routes, models, aliases } = deps.config
  const names = Object.keys(aliases).filter((alias) => !alias.includes('*'))
  const { localModel } = deps.embeddings
  return [
    model('auto', OWNER),
    ...Object.keys(routes).map((name) => model(`route:${name}`, OWNER)),
    ...Object.entries(models).map(([id, { provider }]) => model(id, provider)),
    ...(localModel in models ? [] : [model(localModel, OWNER)]),
    ...names.map((alias) => model(alias, OWNER)),
  ]
}

const visibleTo = (principal: Principal, data: ModelJson[], { config }: HttpDeps): ModelJson[] =>
  data.filter(({ id }) => {
    if (id.startsWith('route:')) return mayUseRoute(principal, id.slice('route:'.length))
    return !Object.hasOwn(config.models, id) || mayUseModel(principal, id)
  })

const toAnthropicModel = ({ id, created }: ModelJson): z.infer<typeof anthropicModelSchema> => ({
  type: 'model',
  id,
  display_name: id,
  created_at: new Date(created * 1_000).toISOString(),
})

const MAX_PAGE = 1_000

/** Pagination as Anthropic's clients use it; without a `limit` there is one page. */
const pageSchema = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_PAGE).optional(),
  after_id: z.string().optional().describe('Those behind this id.'),
  before_id: z.string().optional().describe('Those before this id.'),
})

/** An unknown id sets no bound. */
const pageOf = (
  data: ModelJson[],
  { limit = MAX_PAGE, after_id: after, before_id: before }: z.infer<typeof pageSchema>,
): { page: ModelJson[]; hasMore: boolean } => {
  const at = (id: string | undefined): number => data.findIndex((model) => model.id === id)
  const end = at(before) === -1 ? data.length : at(before)
  const bounded = data.slice(at(after) + 1, end)
  const page = before === undefined ? bounded.slice(0, limit) : bounded.slice(-limit)
  return { page, hasMore: page.length < bounded.length }
}

const toAnthropicList = (
  data: ModelJson[],
  query: z.infer<typeof pageSchema>,
): z.infer<typeof anthropicListSchema> => {
  const { page, hasMore } = pageOf(data, query)
  return {
    data: page.map(toAnthropicModel),
    has_more: hasMore,
    first_id: page[0]?.id ?? null,
    last_id: page.at(-1)?.id ?? null,
  }
}

const isForAnthropic = (c: AppContext): boolean => c.req.header('anthropic-version') !== undefined

export const listModels = defineEndpoint({
  id: 'listModels',
  method: 'get',
  path: '/v1/models',
  access: 'inference',
  summary: 'Everything that `model` may be: auto, routes, models, the local encoder.',
  query: pageSchema,
  response: z.union([modelListSchema, anthropicListSchema]),
  handler: (deps) => {
    const data = modelsOf(deps)
    return (c, { query }) => {
      const visible = visibleTo(principalOf(c), data, deps)
      return isForAnthropic(c)
        ? toAnthropicList(visible, query)
        : { object: 'list' as const, data: visible }
    }
  },
})

export const getModel = defineEndpoint({
  id: 'getModel',
  method: 'get',
  path: '/v1/models/:id{.+}',
  access: 'inference',
  summary: 'One of them; the id may hold colons and slashes.',
  response: z.union([modelSchema, anthropicModelSchema]),
  handler: (deps) => {
    const data = modelsOf(deps)
    return (c) => {
      const id = c.req.param('id')
      const found = visibleTo(principalOf(c), data, deps).find((model) => model.id === id)
      if (found) return isForAnthropic(c) ? toAnthropicModel(found) : found
      const message = 'There is no such model; GET /v1/models lists them.'
      throw new RouterError('model_not_found', message, { param: 'model' })
    }
  },
})
