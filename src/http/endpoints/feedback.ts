// POST /v1/feedback: a vote on a decision, answered only once it is committed.
import { giveFeedback } from '../../feedback/give-feedback.ts'
import type { StoredDecision } from '../../store/store.ts'
import { bodyLimit } from '../middleware/body-limit.ts'
import { jsonBody } from '../middleware/json-body.ts'
import type { App } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { principalOf } from '../request/principal.ts'
import { validate } from '../request/validate.ts'
import { feedbackRequestSchema } from '../schemas.ts'
import { isShared } from './own-decision.ts'

export const feedback = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes
  app.post('/v1/feedback', bodyLimit(limit), jsonBody(), async (c) => {
    const request = validate(feedbackRequestSchema, c.get('json'))
    const principal = principalOf(c)
    const wish = {
      decisionId: request.decision_id,
      verdict: request.verdict ?? null,
      correctRoute: request.correct_route ?? null,
      score: request.score ?? null,
      comment: request.comment ?? null,
    }
    const voter = {
      principal: principal.id,
      // Another's decision is as good as none.
      mayJudge: (decision: StoredDecision) => isShared(decision, principal, deps.access),
    }
    const given = await giveFeedback(wish, voter, deps)
    const { id, decisionId, verdict, source, replaced, counts, whyNot } = given
    return c.json(
      { id, decision_id: decisionId, verdict, source, replaced, counts, why_not: whyNot },
      201,
    )
  })
}
