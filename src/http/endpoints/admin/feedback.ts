// /admin/feedback: votes in bulk, and the list of them. `signalbox feedback` does the same without a server.
import type { Feedback } from '../../../store/store.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { jsonBody } from '../../middleware/json-body.ts'
import type { App } from '../../request/app-env.ts'
import type { HttpDeps } from '../../request/deps.ts'
import { validate } from '../../request/validate.ts'
import { importFeedbackRequestSchema, votesQuerySchema } from '../feedback-schemas.ts'

const voteJson = (vote: Feedback) => ({
  object: 'vote',
  id: vote.id,
  decision_id: vote.decisionId,
  principal: vote.principal,
  verdict: vote.verdict,
  correct_route: vote.correctRoute,
  score: vote.score,
  comment: vote.comment,
  source: vote.source,
  implicit_kind: vote.implicitKind,
  created_at: new Date(vote.createdAtMs).toISOString(),
})

export const adminFeedback = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes

  app.post('/admin/feedback', bodyLimit(limit), jsonBody(), async (c) => {
    const { rows, dry_run: dryRun } = validate(importFeedbackRequestSchema, c.get('json'))
    const { summary, results } = await deps.admin.feedback.importRows(rows, { dryRun })
    const data = results.map(({ line, decisionId, correctRoute, ...result }) => ({
      row: line,
      decision_id: decisionId,
      correct_route: correctRoute,
      ...result,
    }))
    return c.json({ object: 'list', data, summary })
  })

  app.get('/admin/feedback', async (c) => {
    const { limit: most, ...filters } = validate(votesQuerySchema, c.req.query())
    const given = Object.entries(filters).filter(([, value]) => value !== undefined)
    const votes = await deps.admin.feedback.listVotes({
      limit: most + 1,
      ...Object.fromEntries(given),
    })
    const page = votes.slice(0, most)
    return c.json({
      object: 'list',
      data: page.map(voteJson),
      next_cursor: votes.length > most ? (page.at(-1)?.id ?? null) : null,
    })
  })
}
