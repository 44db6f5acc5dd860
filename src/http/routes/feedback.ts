// POST /v1/feedback: a vote on a decision, answered only once it is committed.
import { NONE_ROUTE } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import { expectedRoutes } from '../../training/suggest.ts'
import type { App } from '../app-env.ts'
import type { HttpDeps } from '../deps.ts'
import { bodyLimit } from '../middleware/body-limit.ts'
import { jsonBody } from '../middleware/json-body.ts'
import { feedbackRequestSchema } from '../schemas.ts'
import { validate } from '../validate.ts'

/** Without keys everyone who reaches the server is the same voter. */
const LOCAL_PRINCIPAL = 'local'

const checkRoute = (name: string, configured: string[]): void => {
  const known = [...configured, NONE_ROUTE]
  if (known.includes(name)) return
  throw new RouterError(
    'route_not_found',
    `There is no route of that name: ${expectedRoutes(name, known)}.`,
    { param: 'correct_route' },
  )
}

export const feedback = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes
  const routes = Object.keys(deps.config.routes)
  app.post('/v1/feedback', bodyLimit(limit), jsonBody(), async (c) => {
    const request = validate(feedbackRequestSchema, c.get('json'))
    const correctRoute = request.correct_route ?? null
    if (correctRoute !== null) checkRoute(correctRoute, routes)
    const id = deps.newId()
    const { replaced } = await deps.store.addFeedback({
      id,
      decisionId: request.decision_id,
      principal: LOCAL_PRINCIPAL,
      verdict: request.verdict,
      correctRoute,
      score: request.score ?? null,
      comment: request.comment?.toWellFormed() ?? null,
      createdAtMs: deps.now(),
    })
    return c.json({ id, decision_id: request.decision_id, replaced }, 201)
  })
}
