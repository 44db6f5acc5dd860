// /admin/rebuild: begins a rebuild in the background, and says how far it is. `signalbox rebuild` does the same.
import type { z } from 'zod'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { optionalJsonBody } from '../../middleware/json-body.ts'
import type { App } from '../../request/app-env.ts'
import type { HttpDeps } from '../../request/deps.ts'
import { principalOf } from '../../request/principal.ts'
import { validate } from '../../request/validate.ts'
import { rebuildStateJson } from './generation-json.ts'
import { rebuildRequestSchema, type startedRebuildSchema } from './generation-schemas.ts'

export const adminRebuild = (app: App, { config, admin: { generations } }: HttpDeps): void => {
  const limit = bodyLimit(config.server.max_body_bytes)

  app.post('/admin/rebuild', limit, optionalJsonBody(), async (c) => {
    const { force, promote, reason } = validate(rebuildRequestSchema, c.get('json'))
    const { id } = await generations.rebuild({
      author: principalOf(c).id,
      trigger: 'api',
      ...(force === undefined ? {} : { force }),
      ...(promote === undefined ? {} : { promote }),
      ...(reason === undefined ? {} : { reason }),
    })
    const started: z.infer<typeof startedRebuildSchema> = {
      object: 'rebuild',
      id,
      state: 'running',
    }
    return c.json(started, 202)
  })

  app.get('/admin/rebuild', (c) => c.json(rebuildStateJson(generations.rebuildState())))
}
