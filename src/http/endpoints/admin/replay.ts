// POST /admin/replay: what a generation would make of the decisions that are stored. `signalbox replay` does the same.
import type { z } from 'zod'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { optionalJsonBody } from '../../middleware/json-body.ts'
import type { App } from '../../request/app-env.ts'
import type { HttpDeps } from '../../request/deps.ts'
import { validate } from '../../request/validate.ts'
import { replayJson } from './generation-json.ts'
import { type replayReportSchema, replayRequestSchema } from './replay-schemas.ts'

const DAY_MS = 86_400_000

export const adminReplay = (app: App, deps: HttpDeps): void => {
  const limit = bodyLimit(deps.config.server.max_body_bytes)

  app.post('/admin/replay', limit, optionalJsonBody(), async (c) => {
    const wish = validate(replayRequestSchema, c.get('json'))
    const request = {
      ...(wish.generation !== undefined && { generation: wish.generation }),
      ...(wish.since_days !== undefined && { sinceMs: deps.now() - wish.since_days * DAY_MS }),
      ...(wish.limit !== undefined && { limit: wish.limit }),
    }
    const report = await deps.admin.replay(request, c.req.raw.signal)
    const { generation, withoutText = 0 } = report
    const json: z.infer<typeof replayReportSchema> = {
      object: 'replay',
      generation,
      without_text: withoutText,
      ...replayJson(report),
    }
    return c.json(json)
  })
}
