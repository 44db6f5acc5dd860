// GET and DELETE /v1/responses/:id and GET /v1/responses/:id/input_items: stored answers of the caller's key.
import { z } from 'zod'
import type { StoredResponse } from '../../core/records/stored-response.ts'
import { responseSchema } from '../../dialects/responses/schema.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { defineEndpoint } from '../request/endpoint.ts'
import { principalOf } from '../request/principal.ts'
import { notFound, requireKeeping, turnOf } from './kept-responses.ts'

const own = async (c: AppContext, deps: HttpDeps, id: string): Promise<StoredResponse> => {
  requireKeeping(deps, 'response_id')
  const query = { id, principal: principalOf(c).id, nowMs: deps.now() }
  const found = await deps.store.getResponse(query)
  if (found) return found
  throw notFound('response_id')
}

const getResponse = defineEndpoint({
  id: 'getResponse',
  method: 'get',
  path: '/v1/responses/:id',
  access: 'inference',
  summary: 'One answer of /v1/responses, while it is kept (storage.responses_ttl).',
  response: responseSchema,
  handler: (deps) => async (c) => {
    const { response } = turnOf(await own(c, deps, c.req.param('id')))
    return c.json(response) as never
  },
})

const deletedSchema = z.strictObject({
  id: z.string(),
  object: z.literal('response'),
  deleted: z.literal(true),
})

const deleteResponse = defineEndpoint({
  id: 'deleteResponse',
  method: 'delete',
  path: '/v1/responses/:id',
  access: 'inference',
  summary: 'Deletes it before its time.',
  response: deletedSchema,
  handler: (deps) => async (c) => {
    requireKeeping(deps, 'response_id')
    const id = c.req.param('id')
    const isDeleted = await deps.store.deleteResponse({ id, principal: principalOf(c).id })
    if (!isDeleted) throw notFound('response_id')
    return { id, object: 'response' as const, deleted: true as const }
  },
})

const MAX_ITEMS = 100

const itemsQuerySchema = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_ITEMS).default(20),
  order: z.enum(['asc', 'desc']).default('desc'),
  after: z.string().max(200).optional(),
})

const itemListSchema = z.strictObject({
  object: z.literal('list'),
  data: z.array(z.looseObject({ id: z.unknown(), type: z.unknown() })),
  first_id: z.unknown(),
  last_id: z.unknown(),
  has_more: z.boolean(),
})

const listInputItems = defineEndpoint({
  id: 'listInputItems',
  method: 'get',
  path: '/v1/responses/:id/input_items',
  access: 'inference',
  summary: 'The items of its input, the newest first.',
  query: itemsQuerySchema,
  response: itemListSchema,
  handler:
    (deps) =>
    async (c, { query }) => {
      const { input } = turnOf(await own(c, deps, c.req.param('id')))
      const ordered = query.order === 'asc' ? input : input.toReversed()
      const start = ordered.findIndex(({ id }) => id === query.after) + 1
      const data = ordered.slice(start, start + query.limit) as { id: unknown; type: unknown }[]
      return {
        object: 'list' as const,
        data,
        first_id: data[0]?.id ?? null,
        last_id: data.at(-1)?.id ?? null,
        has_more: start + query.limit < ordered.length,
      }
    },
})

export const storedResponses = [getResponse, deleteResponse, listInputItems]
