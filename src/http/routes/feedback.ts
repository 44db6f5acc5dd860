// POST /v1/feedback: a vote on a decision, answered only once it is committed.
import { hasRole, type Principal } from '../../core/gateway-key.ts'
import { NONE_ROUTE } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import { expectedRoutes } from '../../training/suggest.ts'
import type { App } from '../app-env.ts'
import type { HttpDeps } from '../deps.ts'
import { bodyLimit } from '../middleware/body-limit.ts'
import { jsonBody } from '../middleware/json-body.ts'
import { principalOf } from '../principal.ts'
import { feedbackRequestSchema } from '../schemas.ts'
import { validate } from '../validate.ts'

const checkRoute = (name: string, configured: string[]): void => {
  const known = [...configured, NONE_ROUTE]
  if (known.includes(name)) return
  throw new RouterError(
    'route_not_found',
    `There is no route of that name: ${expectedRoutes(name, known)}.`,
    { param: 'correct_route' },
  )
}

/** Votes teach the router, so they count only on decisions of the same key or owner; another's is as good as none. */
const requireOwn = async (deps: HttpDeps, principal: Principal, id: string): Promise<void> => {
  if (hasRole(principal, 'admin')) return
  const decision = await deps.store.getDecision(id)
  if (decision && deps.access.mayJudge(principal, decision.principal ?? null)) return
  throw new RouterError('decision_not_found', 'No stored decision has this id.')
}

export const feedback = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes
  const routes = Object.keys(deps.config.routes)
  app.post('/v1/feedback', bodyLimit(limit), jsonBody(), async (c) => {
    const request = validate(feedbackRequestSchema, c.get('json'))
    const correctRoute = request.correct_route ?? null
    if (correctRoute !== null) checkRoute(correctRoute, routes)
    const principal = principalOf(c)
    await requireOwn(deps, principal, request.decision_id)
    const id = deps.newId()
    const { replaced } = await deps.store.addFeedback({
      id,
      decisionId: request.decision_id,
      principal: principal.id,
      verdict: request.verdict,
      correctRoute,
      score: request.score ?? null,
      comment: request.comment?.toWellFormed() ?? null,
      source: 'explicit',
      implicitKind: null,
      createdAtMs: deps.now(),
    })
    return c.json({ id, decision_id: request.decision_id, replaced }, 201)
  })
}
