// GET /v1/decisions and /v1/decisions/:id: the log and one receipt.
import type { App } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { principalOf } from '../request/principal.ts'
import { validate } from '../request/validate.ts'
import { decisionQuerySchema, decisionsQuerySchema } from '../schemas.ts'
import { listedJson, receiptJson } from './decision-json.ts'
import { ownDecision } from './own-decision.ts'

export const decisions = (app: App, deps: HttpDeps): void => {
  app.get('/v1/decisions', async (c) => {
    const { limit, ...filters } = validate(decisionsQuerySchema, c.req.query())
    const given = Object.entries(filters).filter(([, value]) => value !== undefined)
    const shared = deps.access.sharesWith(principalOf(c))
    const page = await deps.store.listDecisions({
      limit,
      ...Object.fromEntries(given),
      ...(shared && { principals: [...shared] }),
    })
    return c.json({
      object: 'list',
      data: page.decisions.map(listedJson),
      next_cursor: page.nextCursor,
    })
  })

  app.get('/v1/decisions/:id', async (c) => {
    const { embedding } = validate(decisionQuerySchema, c.req.query())
    const stored = await ownDecision(c.req.param('id'), principalOf(c), deps)
    const { exemplars } = deps
    return c.json(receiptJson(stored, { exemplars, withEmbedding: embedding === '1' }))
  })
}
