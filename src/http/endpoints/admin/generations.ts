// /admin/generations and /admin/history: which generations there are, what the gate thought of them, and which one serves.
// `signalbox generations` and `signalbox rollback` do the same.
import type { z } from 'zod'
import { RouterError } from '../../../errors.ts'
import type { Moved } from '../../../training/generations/make-current.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { optionalJsonBody } from '../../middleware/json-body.ts'
import type { App, AppContext } from '../../request/app-env.ts'
import type { HttpDeps } from '../../request/deps.ts'
import { principalOf } from '../../request/principal.ts'
import { validate } from '../../request/validate.ts'
import { generationJson, generationListJson, historyJson } from './generation-json.ts'
import {
  generationRollbackRequestSchema,
  type movedSchema,
  promoteRequestSchema,
} from './generation-schemas.ts'

/** `41` or `g000041`; what is no number names no generation. */
const numberIn = (c: AppContext): number => {
  const given = c.req.param('number') ?? ''
  const number = Number(given.replace(/^g0*/, ''))
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new RouterError('not_found', 'There is no such generation; it is named by its number.')
}

const movedJson = (moved: Moved): z.infer<typeof movedSchema> => ({
  object: 'generation.move',
  ...moved,
})

export const adminGenerations = (app: App, { config, admin: { generations } }: HttpDeps): void => {
  const limit = bodyLimit(config.server.max_body_bytes)

  app.get('/admin/generations', async (c) => c.json(generationListJson(await generations.list())))

  app.post('/admin/generations/rollback', limit, optionalJsonBody(), async (c) => {
    const { to = null, reason = null } = validate(generationRollbackRequestSchema, c.get('json'))
    const moved = await generations.rollBack({ to, reason, author: principalOf(c).id })
    return c.json(movedJson(moved))
  })

  app.get('/admin/generations/:number', async (c) =>
    c.json(generationJson(await generations.get(numberIn(c)))),
  )

  app.post('/admin/generations/:number/promote', limit, optionalJsonBody(), async (c) => {
    const { force = false, reason = null } = validate(promoteRequestSchema, c.get('json'))
    const author = principalOf(c).id
    return c.json(movedJson(await generations.promote(numberIn(c), { force, reason, author })))
  })

  app.get('/admin/history', async (c) => c.json(historyJson(await generations.history())))
}
