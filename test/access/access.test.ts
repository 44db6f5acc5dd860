import { chmodSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type AccessOptions, createAccess } from '../../src/access/access.ts'
import { touchKeyStamp } from '../../src/access/key-stamp.ts'
import { type KeyWish, makeKey } from '../../src/access/new-key.ts'
import {
  LOCAL_PRINCIPAL,
  type Principal,
  type StoredKey,
} from '../../src/core/decide/gateway-key.ts'
import { RouterError } from '../../src/errors.ts'
import { recordingLogger, temporaryFolder } from '../store/fixtures.ts'
import { fakeConfig } from '../support/http-fakes.ts'
import { memoryKeyStore } from './fixtures.ts'

const setUp = async (changes: Partial<AccessOptions> & { host?: string } = {}) => {
  const { host = '127.0.0.1', ...options } = changes
  const memory = memoryKeyStore()
  const dataDir = temporaryFolder()
  const clock = { nowMs: Date.UTC(2026, 4, 5, 12) }
  const config = fakeConfig({ server: { host }, ...(options.config ?? {}) })
  const open = () =>
    createAccess({
      store: memory.store,
      dataDir,
      logger: recordingLogger(),
      now: () => clock.nowMs,
      ...options,
      config,
    })
  /** As another process makes one. */
  const add = (wish: Partial<KeyWish> = {}) => {
    const made = makeKey(
      { name: 'test', roles: ['inference'], ...wish },
      { config, creator: null, nowMs: clock.nowMs },
    )
    memory.keys.push(made.key)
    touchKeyStamp(dataDir)
    return made
  }
  return { ...memory, dataDir, clock, config, open, add }
}

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => null,
    (caught: unknown) => caught,
  )
  if (error instanceof RouterError) return error.code
  throw new Error(`expected a RouterError, not ${error}`)
}

describe('access', () => {
  it('is open on loopback until the first key was made, by any process', async () => {
    const { open, add } = await setUp()
    const access = await open()
    expect(await access.authenticate(null)).toBe(LOCAL_PRINCIPAL)
    expect(await access.authenticate('anything')).toBe(LOCAL_PRINCIPAL)
    const { secret, key } = add()
    expect(await codeOf(access.authenticate(null))).toBe('invalid_api_key')
    expect((await access.authenticate(secret)).id).toBe(key.id)
  })

  it('stays closed when the last key is revoked, and when the database was lost', async () => {
    const { open, add, keys, dataDir } = await setUp()
    const access = await open()
    const { secret, key } = add()
    await access.revokeKey(key.id)
    expect(await codeOf(access.authenticate(secret))).toBe('invalid_api_key')
    expect(await codeOf(access.authenticate(null))).toBe('invalid_api_key')
    keys.splice(0)
    touchKeyStamp(dataDir)
    expect(await codeOf(access.authenticate(null))).toBe('invalid_api_key')
    expect(await codeOf((await open()).authenticate(null))).toBe('invalid_api_key')
  })

  it.each([
    '0.0.0.0',
    '::',
    '192.168.1.5',
    'example.com',
    'localhost.example.com',
    '127.0.0.1.evil.org',
  ])('refuses to start on %s without an admin key, and names the command', async (host) => {
    const { open, add } = await setUp({ host })
    await expect(open()).rejects.toThrow(/signalbox keys create --role admin/)
    add({ roles: ['inference'] })
    expect(await codeOf(open())).toBe('invalid_config')
    const { secret } = add({ roles: ['admin'] })
    const access = await open()
    expect((await access.authenticate(secret)).roles).toEqual(['admin'])
    expect(await codeOf(access.authenticate(null))).toBe('invalid_api_key')
  })

  it('can be made to need keys on loopback, too', async () => {
    const { open, add } = await setUp({ config: { keys: { required: 'always' } } as never })
    expect(await codeOf(open())).toBe('invalid_config')
    add({ roles: ['admin'] })
    expect(await codeOf((await open()).authenticate(null))).toBe('invalid_api_key')
  })

  it('sees at the next request that another process revoked a key', async () => {
    const { open, add, store, dataDir, clock } = await setUp()
    const access = await open()
    const { secret, key } = add()
    expect((await access.authenticate(secret)).id).toBe(key.id)
    await store.revokeKey({ id: key.id, atMs: clock.nowMs })
    touchKeyStamp(dataDir)
    expect(await codeOf(access.authenticate(secret))).toBe('invalid_api_key')
  })

  it('refuses a key from the moment on that it expires', async () => {
    const { open, add, clock } = await setUp()
    const access = await open()
    const { secret } = add({ expiresAtMs: clock.nowMs + 1_000 })
    clock.nowMs += 999
    expect((await access.authenticate(secret)).roles).toEqual(['inference'])
    clock.nowMs += 1
    expect(await codeOf(access.authenticate(secret))).toBe('invalid_api_key')
  })

  it('lets nobody in while changed keys cannot be read, and everybody again after', async () => {
    const { open, add, state } = await setUp()
    const access = await open()
    const { secret } = add()
    state.isDown = true
    expect(await codeOf(access.authenticate(secret))).toBe('store_unavailable')
    expect(await codeOf(access.authenticate(null))).toBe('store_unavailable')
    state.isDown = false
    expect((await access.authenticate(secret)).roles).toEqual(['inference'])
  })

  it.skipIf(process.getuid?.() === 0)(
    'lets nobody in while the stamp cannot be looked at',
    async () => {
      const { open, add, dataDir } = await setUp()
      const access = await open()
      const { secret } = add()
      chmodSync(dataDir, 0o000)
      const code = await codeOf(access.authenticate(secret))
      chmodSync(dataDir, 0o700)
      expect(code).toBe('store_unavailable')
    },
  )

  it('refuses whatever a damaged row holds', async () => {
    const { open, add, keys, dataDir } = await setUp()
    const access = await open()
    const { secret } = add()
    for (const hash of ['', 'not hex', '00']) {
      Object.assign(keys[0] as StoredKey, { hash })
      touchKeyStamp(dataDir)
      expect(await codeOf(access.authenticate(secret))).toBe('invalid_api_key')
    }
    Object.assign(keys[0] as StoredKey, { roles: null, limits: null })
    touchKeyStamp(dataDir)
    expect(await codeOf(access.authenticate(secret))).toBe('store_unavailable')
  })

  it('keeps what a key used over a restart', async () => {
    const { open, add } = await setUp()
    const access = await open()
    const { secret } = add({ limits: { requests_per_day: 2 } })
    const principal = await access.authenticate(secret)
    access.limits.countRequest(principal)
    access.limits.countRequest(principal)
    await access.close()
    const again = await open()
    expect(() => again.limits.countRequest(principal)).toThrow(/requests per day/)
    expect((await again.listKeys())[0]?.used.month.requests).toBe(2)
  })

  it('lists keys without their hashes', async () => {
    const { open, add } = await setUp()
    const access = await open()
    const { secret, key } = add()
    const listed = JSON.stringify(await access.listKeys())
    expect(listed).toContain(key.id)
    for (const kept of [key.hash, key.salt, secret]) expect(listed).not.toContain(kept)
  })

  it('shares decisions between the keys of one owner, and all of them with admins', async () => {
    const { open, add } = await setUp()
    const access = await open()
    const sharedWith = async (wish: Partial<KeyWish>) => {
      const { secret, key } = add(wish)
      const shared = access.sharesWith(await access.authenticate(secret))
      return { id: key.id, shared: shared && [...shared] }
    }
    const shop = await sharedWith({ owner: 'shop' })
    const same = await sharedWith({ owner: 'shop', roles: ['feedback'] })
    const bank = await sharedWith({ owner: 'bank' })
    const ownerless = [await sharedWith({ owner: null }), await sharedWith({ owner: null })]
    expect(shop.shared).toEqual([shop.id])
    expect(same.shared).toEqual([shop.id, same.id])
    expect(bank.shared).toEqual([bank.id])
    for (const { id, shared } of ownerless) expect(shared).toEqual([id])
    expect((await sharedWith({ owner: 'shop', roles: ['admin'] })).shared).toBeNull()
    await access.revokeKey(shop.id)
    expect((await sharedWith({ owner: 'shop' })).shared).toContain(shop.id)
  })
})

describe('a key over HTTP', () => {
  const wish: KeyWish = { name: 'n', roles: ['inference'] }
  const admin: Principal = { ...LOCAL_PRINCIPAL, id: 'a', roles: ['admin'] }

  it.each<[string, Partial<Principal>, Partial<KeyWish>]>([
    ['by a key with models', { models: new Set(['small']) }, {}],
    ['by a key with routes', { routes: new Set(['code']) }, { routes: ['code'] }],
    [
      'by a key with limits',
      { limits: { requests_per_day: 1 } },
      { limits: { requests_per_day: 1 } },
    ],
    ['with a role that its maker has not', { roles: ['inference'] }, { roles: ['admin'] }],
    ['that never expires, by one that does', { expiresAtMs: 8e14 }, {}],
    ['that outlives its maker', { expiresAtMs: 9e14 }, { expiresAtMs: 9e14 + 1 }],
  ])('is not made %s', async (_what, changes, asked) => {
    const { open, keys } = await setUp()
    const access = await open()
    const creating = access.createKey({ ...wish, ...asked }, { ...admin, ...changes })
    expect(await codeOf(creating)).toBe('permission_denied')
    expect(keys).toEqual([])
  })

  it.each<[string, Partial<KeyWish>]>([
    ['name', { name: ' ' }],
    ['roles', { roles: [] }],
    ['roles', { roles: ['root' as 'admin'] }],
    ['models', { models: ['smal'] }],
    ['models', { models: [] }],
    ['routes', { routes: ['cod'] }],
    ['limits.requests_per_day', { limits: { requests_per_day: Number.NaN } }],
    ['limits.requests_per_day', { limits: { requests_per_day: 0 } }],
    ['expires_at', { expiresAtMs: 1 }],
    ['expires_at', { expiresAtMs: Number.NaN }],
  ])('is refused for a wrong %s', async (param, changes) => {
    const { open } = await setUp()
    const creating = (await open()).createKey({ ...wish, ...changes }, admin)
    await expect(creating).rejects.toMatchObject({ code: 'invalid_request', param })
  })

  it('with a budget is kept to models that have prices', async () => {
    const { open, add } = await setUp({
      config: {
        models: {
          small: {
            provider: 'demo',
            name: 's',
            input_usd_per_million: 0,
            output_usd_per_million: 1,
          },
          'vendor/large:free': { provider: 'demo', name: 'l' },
        },
      } as never,
    })
    const access = await open()
    const { secret } = add({ limits: { budget_usd_per_day: 1 } })
    expect([...((await access.authenticate(secret)).models ?? [])]).toEqual(['small'])
  })

  it('with routes is kept to their models, pinned ones included', async () => {
    const { open, add } = await setUp()
    const access = await open()
    const { secret } = add({ routes: ['code'] })
    expect([...((await access.authenticate(secret)).models ?? [])]).toEqual(['vendor/large:free'])
  })
})

describe('a server whose keys are lost', () => {
  it('starts where others reach it, and is locked until there is a new key', async () => {
    const { open, add } = await setUp({ host: '0.0.0.0', keysAreLost: true })
    const access = await open()
    expect(access.isLockedOut()).toBe(true)
    expect(await codeOf(access.authenticate(null))).toBe('invalid_api_key')
    const { secret } = add({ roles: ['admin'] })
    await access.authenticate(secret)
    expect(access.isLockedOut()).toBe(false)
  })

  it('is not said of one that anyone on this machine may use', async () => {
    const { open } = await setUp()
    expect((await open()).isLockedOut()).toBe(false)
  })
})

describe('an admin key in the environment', () => {
  const adminKey = 'f00d'.repeat(16)

  it('opens a server on any address, is an admin, and is kept as a hash', async () => {
    const { open, keys } = await setUp({ host: '0.0.0.0', adminKey })
    const access = await open()
    const principal = await access.authenticate(adminKey)
    expect(principal.roles).toEqual(['admin'])
    expect(await codeOf(access.authenticate(`${adminKey.slice(0, -1)}e`))).toBe('invalid_api_key')
    expect(JSON.stringify(keys)).not.toContain(adminKey)
    expect(keys).toMatchObject([{ createdBy: 'environment' }])
  })

  it('is made once, and stays revoked', async () => {
    const { open, keys } = await setUp({ adminKey })
    await open()
    await open()
    expect(keys).toHaveLength(1)
    await (await open()).revokeKey(keys[0]?.id ?? '')
    const access = await open()
    expect(keys).toHaveLength(1)
    expect(await codeOf(access.authenticate(adminKey))).toBe('invalid_api_key')
  })

  it('is not made where there is an admin key, and the log says so without it', async () => {
    const logger = recordingLogger()
    const { open, add, keys } = await setUp({ adminKey, logger })
    add({ roles: ['admin'] })
    await open()
    expect(keys).toHaveLength(1)
    const logged = JSON.stringify(logger.lines)
    expect(logged).toContain('there is an admin key already')
    expect(logged).not.toContain(adminKey)
  })

  it.each(['short', `sb-${'a'.repeat(40)}`, `${'a'.repeat(40)} b`])(
    'is refused where it is %j',
    async (wrong) => {
      const { open } = await setUp({ adminKey: wrong })
      const error = await open().catch((caught: unknown) => caught)
      expect(error).toMatchObject({ code: 'invalid_config' })
      expect(String(error)).not.toContain(wrong)
    },
  )
})
