// GET /v1/decisions/:id/explain: reproduces a past decision from stored data, and compares it with the recorded one.
import { hasRole } from '../../core/decide/gateway-key.ts'
import { defineEndpoint } from '../request/endpoint.ts'
import { principalOf } from '../request/principal.ts'
import { decisionExplanationJson } from './explain-json.ts'
import { decisionExplanationSchema } from './explain-schemas.ts'
import { ownDecision } from './own-decision.ts'

export const explainDecision = defineEndpoint({
  id: 'explainDecision',
  method: 'get',
  path: '/v1/decisions/:id/explain',
  access: 'inference',
  summary: 'Make a past decision again from what was kept, and say whether it comes out the same.',
  response: decisionExplanationSchema,
  handler: (deps) => async (c) => {
    const principal = principalOf(c)
    const { id } = await ownDecision(c.req.param('id'), principal, deps)
    const receipt = await deps.explainDecision(id)
    const isAdmin = hasRole(principal, 'admin')
    const maySee = (vote: { principal: string }) => isAdmin || vote.principal === principal.id
    return decisionExplanationJson(receipt, maySee)
  },
})
