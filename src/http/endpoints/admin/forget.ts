// POST /admin/forget: deletes what is known of a session, a user or a key. `signalbox forget` does the same.

import { bodyLimit } from '../../middleware/body-limit.ts'
import { jsonBody } from '../../middleware/json-body.ts'
import type { App } from '../../request/app-env.ts'
import type { HttpDeps } from '../../request/deps.ts'
import { validate } from '../../request/validate.ts'
import { forgetRequestSchema } from '../feedback-schemas.ts'

export const adminForget = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes
  app.post('/admin/forget', bodyLimit(limit), jsonBody(), async (c) => {
    const request = validate(forgetRequestSchema, c.get('json'))
    const { session_id: sessionId, user, key, dry_run: dryRun } = request
    const report = await deps.admin.feedback.forget({ sessionId, user, key }, { dryRun })
    return c.json({
      object: 'forgotten',
      dry_run: report.dryRun,
      decisions: report.decisions,
      votes: report.votes,
      exemplars: report.exemplars,
      current_generation: report.currentGeneration,
      generations: report.generations.map(({ generation, exemplarIds }) => ({
        generation,
        exemplar_ids: exemplarIds,
      })),
      turns_in_memory: report.turnsInMemory,
      remaining: report.remaining,
    })
  })
}
