// /admin/keys: make, list and revoke gateway keys while the server runs. `signalbox keys` does the same without a server.
import type { z } from 'zod'
import type { ListedKey } from '../../../access/access.ts'
import { bodyLimit } from '../../middleware/body-limit.ts'
import { jsonBody } from '../../middleware/json-body.ts'
import type { App } from '../../request/app-env.ts'
import type { HttpDeps } from '../../request/deps.ts'
import { principalOf } from '../../request/principal.ts'
import { validate } from '../../request/validate.ts'
import { createKeyRequestSchema, type keySchema } from './key-schemas.ts'

type KeyJson = z.infer<typeof keySchema>
type KeyRequest = z.infer<typeof createKeyRequestSchema>

const iso = (epochMs: number): string => new Date(epochMs).toISOString()

const keyJson = (key: ListedKey): KeyJson => ({
  id: key.id,
  name: key.name,
  owner: key.owner,
  roles: key.roles,
  models: key.models,
  routes: key.routes,
  limits: key.limits,
  active: key.isActive,
  created_at: iso(key.createdAtMs),
  created_by: key.createdBy,
  expires_at: key.expiresAtMs === null ? null : iso(key.expiresAtMs),
  revoked_at: key.revokedAtMs === null ? null : iso(key.revokedAtMs),
  used: key.used,
})

const given = (limits: KeyRequest['limits']) =>
  Object.fromEntries(Object.entries(limits ?? {}).filter(([, most]) => most !== undefined))

export const adminKeys = (app: App, deps: HttpDeps): void => {
  const { access } = deps
  const limit = deps.config.server.max_body_bytes

  app.post('/admin/keys', bodyLimit(limit), jsonBody(), async (c) => {
    const { expires_at: expiresAt, ...request } = validate(createKeyRequestSchema, c.get('json'))
    const wish = {
      name: request.name,
      owner: request.owner ?? null,
      roles: request.roles,
      models: request.models ?? null,
      routes: request.routes ?? null,
      limits: given(request.limits),
      expiresAtMs: expiresAt == null ? null : Date.parse(expiresAt),
    }
    const { secret, key } = await access.createKey(wish, principalOf(c))
    const listed = (await access.listKeys()).find(({ id }) => id === key.id) as ListedKey
    c.header('cache-control', 'no-store')
    return c.json({ ...keyJson(listed), key: secret }, 201)
  })

  app.get('/admin/keys', async (c) =>
    c.json({ object: 'list', data: (await access.listKeys()).map(keyJson) }),
  )

  app.delete('/admin/keys/:id', async (c) => {
    const id = c.req.param('id')
    await access.revokeKey(id)
    return c.json({ id, revoked: true })
  })
}
