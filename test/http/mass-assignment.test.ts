// Fields of keys, put into every body that the server takes: whoever sends them can do no more than before.
import { describe, expect, it } from 'vitest'
import { createKeyedApp, requests } from '../support/keyed-app.ts'

const ATTEMPTS: Record<string, unknown>[] = [
  { roles: ['admin'] },
  { role: 'admin' },
  { scope: 'admin' },
  { scopes: ['admin'] },
  { is_admin: true },
  { admin: true },
  { owner: 'shop' },
  { principal: 'somebody' },
  { key_id: 'somebody' },
  { created_by: 'somebody' },
  { limits: {} },
  { limits: { requests_per_day: 1e9 } },
  { models: null },
  { routes: null },
  { budget_usd_per_day: 1e9 },
  { expires_at: null },
  { revoked_at: null },
  { __proto__: null, constructor: { prototype: { roles: ['admin'] } } },
  JSON.parse('{"__proto__":{"roles":["admin"]}}'),
]

const written = requests
  .filter(({ method }) => method === 'POST' || method === 'PUT')
  .map((request) => ({ ...request, body: (request.body ?? {}) as object }))
/** What an admin may say of a new key is held by the tests of /admin/keys. */
const others = written.filter(({ name }) => name !== 'POST /admin/keys')

describe('fields that would raise a key', () => {
  it.each(written)('in a body of $name change neither it nor what it may do', async (request) => {
    const { send, add, deps, memory } = await createKeyedApp()
    const limits = { requests_per_day: 1_000, tokens_per_day: 1e6 }
    const caller = add({ roles: ['inference', 'feedback'], owner: 'bank', limits })
    const [before] = structuredClone(memory.keys)
    for (const attempt of ATTEMPTS) {
      const body = { ...request.body, ...attempt }
      const answer = await send(request.path, { ...request, headers: caller.headers, body })
      expect([attempt, answer.status]).not.toEqual([attempt, 500])
      if (request.path.startsWith('/admin/')) expect(answer.status).toBe(403)
    }
    expect(memory.keys).toEqual([before])
    expect((await send('/admin/keys', { headers: caller.headers })).status).toBe(403)
    const asked = [...deps.pipeline.chatted, ...deps.pipeline.routed]
    for (const { principal } of asked) {
      expect(principal).toMatchObject({
        id: caller.key.id,
        owner: 'bank',
        roles: ['inference', 'feedback'],
        limits,
      })
    }
    expect(deps.store.feedback.map(({ principal }) => principal)).not.toContain('somebody')
    expect(({} as { roles?: unknown }).roles).toBeUndefined()
  })

  it.each(others)('in an admin’s body of $name make no key and change none', async (request) => {
    const { send, add, memory } = await createKeyedApp()
    const admin = add({ roles: ['admin'] })
    add({ roles: ['inference'] })
    const before = structuredClone(memory.keys)
    for (const attempt of ATTEMPTS) {
      const body = { ...request.body, ...attempt }
      const headers = { ...admin.headers, 'if-match': '*' }
      const { status } = await send(request.path, { ...request, headers, body })
      expect([attempt, status]).not.toEqual([attempt, 500])
    }
    expect(memory.keys).toEqual(before)
  })
})
