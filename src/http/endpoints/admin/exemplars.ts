// /admin/exemplars: which exemplars did well or harm, and a person's word on one. `signalbox exemplars` does the same.
import type { z } from 'zod'
import type { ExemplarAccount } from '../../../training/candidates/exemplar-accounts.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { jsonBody } from '../../middleware/json-body.ts'
import type { App } from '../../request/app-env.ts'
import type { HttpDeps } from '../../request/deps.ts'
import { principalOf } from '../../request/principal.ts'
import { validate } from '../../request/validate.ts'
import {
  type accountSchema,
  accountsQuerySchema,
  exemplarRulingRequestSchema,
} from './exemplar-schemas.ts'

const accountJson = (account: ExemplarAccount): z.infer<typeof accountSchema> => ({
  object: 'exemplar.account',
  exemplar_id: account.exemplarId,
  route: account.route,
  credit: account.credit,
  blame: account.blame,
  right_share: account.mean,
  harm_chance: account.harmChance,
  ruling: account.ruling && {
    action: account.ruling.action,
    by: account.ruling.author,
    note: account.ruling.note,
  },
})

export const adminExemplars = (app: App, deps: HttpDeps): void => {
  const limit = deps.config.server.max_body_bytes
  app.get('/admin/exemplars', async (c) => {
    const query = validate(accountsQuerySchema, c.req.query())
    const accounts = await deps.admin.exemplars.list(query.limit)
    return c.json({ object: 'list', data: accounts.map(accountJson) })
  })
  app.post('/admin/exemplars/:id', bodyLimit(limit), jsonBody(), async (c) => {
    const { action, note } = validate(exemplarRulingRequestSchema, c.get('json'))
    const exemplarId = c.req.param('id')
    const author = principalOf(c).id
    await deps.admin.exemplars.rule({ exemplarId, action, author, note: note ?? null })
    return c.json({ object: 'exemplar.ruling', exemplar_id: exemplarId, action }, 201)
  })
}
