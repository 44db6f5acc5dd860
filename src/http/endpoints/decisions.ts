// GET /v1/decisions and /v1/decisions/:id: the list of decisions, and one in full.
import { defineEndpoint } from '../request/endpoint.ts'
import { principalOf } from '../request/principal.ts'
import { listedJson, receiptJson } from './decision-json.ts'
import {
  decisionListSchema,
  decisionQuerySchema,
  decisionsQuerySchema,
  receiptSchema,
} from './decision-schemas.ts'
import { ownDecision } from './own-decision.ts'

export const listDecisions = defineEndpoint({
  id: 'listDecisions',
  method: 'get',
  path: '/v1/decisions',
  access: 'inference',
  summary: 'Decisions, the latest first.',
  query: decisionsQuerySchema,
  response: decisionListSchema,
  handler:
    (deps) =>
    async (c, { query }) => {
      const { limit, ...filters } = query
      const given = Object.entries(filters).filter(([, value]) => value !== undefined)
      const shared = deps.access.sharesWith(principalOf(c))
      const page = await deps.store.listDecisions({
        limit,
        ...Object.fromEntries(given),
        ...(shared && { principals: [...shared] }),
      })
      return {
        object: 'list' as const,
        data: page.decisions.map(listedJson),
        next_cursor: page.nextCursor,
      }
    },
})

export const getDecision = defineEndpoint({
  id: 'getDecision',
  method: 'get',
  path: '/v1/decisions/:id',
  access: 'inference',
  summary: 'One decision with everything needed to check it.',
  query: decisionQuerySchema,
  response: receiptSchema,
  handler:
    (deps) =>
    async (c, { query }) => {
      const stored = await ownDecision(c.req.param('id'), principalOf(c), deps)
      const { exemplars } = deps
      return receiptJson(stored, { exemplars, withEmbedding: query.embedding === '1' })
    },
})
