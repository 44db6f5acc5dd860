// /admin/keys: creates, lists and revokes gateway keys while the server runs. `signalbox keys` does the same without a server.
import type { z } from 'zod'
import type { ListedKey } from '../../../access/key-admin.ts'
import { defineEndpoint } from '../../request/endpoint.ts'
import { principalOf } from '../../request/principal.ts'
import {
  createdKeySchema,
  createKeyRequestSchema,
  keyListSchema,
  type keySchema,
  keyWishOf,
  revokedKeySchema,
} from './key-schemas.ts'

type KeyJson = z.infer<typeof keySchema>

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

const createKey = defineEndpoint({
  id: 'createKey',
  method: 'post',
  path: '/admin/keys',
  access: 'admin',
  summary: 'Make a gateway key. The answer holds it this once.',
  request: createKeyRequestSchema,
  response: createdKeySchema,
  status: 201,
  handler:
    ({ access }) =>
    async (c, { request }) => {
      const { secret, key } = await access.createKey(keyWishOf(request), principalOf(c))
      const listed = (await access.listKeys()).find(({ id }) => id === key.id) as ListedKey
      c.header('cache-control', 'no-store')
      return { ...keyJson(listed), key: secret }
    },
})

const listKeys = defineEndpoint({
  id: 'listKeys',
  method: 'get',
  path: '/admin/keys',
  access: 'admin',
  summary: 'All keys ever made, with what they have used; never the keys themselves.',
  response: keyListSchema,
  handler:
    ({ access }) =>
    async () => ({
      object: 'list' as const,
      data: (await access.listKeys()).map(keyJson),
    }),
})

const revokeKey = defineEndpoint({
  id: 'revokeKey',
  method: 'delete',
  path: '/admin/keys/:id',
  access: 'admin',
  summary: 'Revoke a key: its next request is refused.',
  response: revokedKeySchema,
  handler:
    ({ access }) =>
    async (c) => {
      const id = c.req.param('id')
      await access.revokeKey(id)
      return { id, revoked: true as const }
    },
})

export const keys = [createKey, listKeys, revokeKey]
