// GET /v1/decisions/:id/explain: a past decision made again from what was kept, and held against what was recorded.
import { hasRole } from '../../core/decide/gateway-key.ts'
import type { App } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { principalOf } from '../request/principal.ts'
import { decisionExplanationJson } from './explain-json.ts'
import { ownDecision } from './own-decision.ts'

export const explainDecision = (app: App, deps: HttpDeps): void => {
  app.get('/v1/decisions/:id/explain', async (c) => {
    const principal = principalOf(c)
    const { id } = await ownDecision(c.req.param('id'), principal, deps)
    const receipt = await deps.explainDecision(id)
    const isAdmin = hasRole(principal, 'admin')
    const maySee = (vote: { principal: string }) => isAdmin || vote.principal === principal.id
    return c.json(decisionExplanationJson(receipt, maySee))
  })
}
