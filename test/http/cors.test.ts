// Which web pages may use the server: with keys and without, by what browsers say of a page. The browser itself is asked in
// test/conformance/browser.test.ts.
import { describe, expect, it } from 'vitest'
import { createAccess } from '../../src/access/access.ts'
import { touchKeyStamp } from '../../src/access/key-stamp.ts'
import { makeKey } from '../../src/access/new-key.ts'
import { createApp } from '../../src/http/app.ts'
import { EXPOSED_HEADERS } from '../../src/http/middleware/cors.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { memoryKeyStore } from '../access/fixtures.ts'
import { recordingLogger, temporaryFolder } from '../store/fixtures.ts'
import { createFakeDeps } from '../support/http-fakes.ts'

const APP = 'https://app.example.com'
const JSON_TYPE = { 'content-type': 'application/json' }
const CHAT = JSON.stringify({ model: 'auto', messages: [{ role: 'user', content: 'x' }] })

const setUp = async (config: Record<string, unknown> = {}) => {
  const deps = createFakeDeps(config)
  const memory = memoryKeyStore()
  const dataDir = temporaryFolder()
  const logger = recordingLogger()
  deps.access = await createAccess({ config: deps.config, store: memory.store, dataDir, logger })
  const app = createApp(deps)
  const addKey = (): Record<string, string> => {
    const wish = { name: 'page', roles: ['inference' as const] }
    const made = makeKey(wish, { config: deps.config, creator: null, nowMs: Date.now() })
    memory.keys.push(made.key)
    touchKeyStamp(dataDir)
    return { authorization: `Bearer ${made.secret}` }
  }
  const chat = (headers: Record<string, string>, body = CHAT) =>
    app.request('/v1/chat/completions', { method: 'POST', headers, body })
  return { app, deps, addKey, chat }
}

const corsHeaders = ({ headers }: Response): string[] =>
  [...headers.keys()].filter((name) => name.startsWith('access-control-'))

const PREFLIGHT = {
  origin: APP,
  'access-control-request-method': 'POST',
  'access-control-request-headers': 'authorization,content-type,x-stainless-os',
}

describe('a page of an origin in server.cors.origins', () => {
  const allowed = { server: { cors: { origins: [APP] } } }

  it('is told so in a preflight, which has no key', async () => {
    const { app, addKey } = await setUp(allowed)
    addKey()
    const told = await app.request('/v1/chat/completions', {
      method: 'OPTIONS',
      headers: PREFLIGHT,
    })
    expect(told.status).toBe(204)
    expect(told.headers.get('access-control-allow-origin')).toBe(APP)
    expect(told.headers.get('access-control-allow-methods')).toContain('POST')
    expect(told.headers.get('access-control-allow-headers')).toContain('x-stainless-os')
    expect(told.headers.get('vary')).toContain('Origin')
    expect(told.headers.get('access-control-allow-credentials')).toBeNull()
  })

  it('needs a key where there are keys, and may read the refusal', async () => {
    const { chat, addKey } = await setUp(allowed)
    const key = addKey()
    const refused = await chat({ origin: APP, ...JSON_TYPE })
    expect(refused.status).toBe(401)
    expect(refused.headers.get('access-control-allow-origin')).toBe(APP)
    const answered = await chat({ origin: APP, ...JSON_TYPE, ...key })
    expect(answered.status).toBe(200)
    expect(answered.headers.get('access-control-allow-origin')).toBe(APP)
    const readable = answered.headers.get('access-control-expose-headers')?.split(',') ?? []
    const routerHeaders = [...answered.headers.keys()].filter((name) => name.startsWith('x-r'))
    expect(routerHeaders.length).toBeGreaterThan(5)
    expect(readable).toEqual(expect.arrayContaining(routerHeaders))
    expect(readable).toEqual(EXPOSED_HEADERS)
  })

  it('can use a server without keys', async () => {
    const { chat } = await setUp(allowed)
    const headers = { origin: APP, 'sec-fetch-site': 'cross-site', ...JSON_TYPE }
    expect((await chat(headers)).status).toBe(200)
  })

  it('is not one whose name only begins or ends like it', async () => {
    const { app, chat, addKey } = await setUp(allowed)
    const key = addKey()
    for (const origin of [
      `${APP}.evil.test`,
      `${APP}:444`,
      'http://app.example.com',
      'null',
      '*',
    ]) {
      const preflight = { ...PREFLIGHT, origin }
      const told = await app.request('/v1/models', { method: 'OPTIONS', headers: preflight })
      expect([told.status, corsHeaders(told)]).toEqual([401, []])
      expect(corsHeaders(await chat({ origin, ...JSON_TYPE, ...key }))).toEqual([])
    }
  })

  it.each(['*', 'app.example.com', `${APP}/`, `${APP}/page`, 'https://*.example.com', ''])(
    'cannot be written as %s',
    (origin) => {
      expect(() => createFakeDeps({ server: { cors: { origins: [origin] } } })).toThrow(/origin/)
    },
  )
})

describe('without keys, a page of elsewhere', () => {
  it.each([
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' },
    { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'iframe' },
    { origin: 'https://evil.test', 'sec-fetch-site': 'none' },
    { host: 'evil.test', 'sec-fetch-site': 'same-origin' },
  ])('is refused by %j', async (headers) => {
    const { app, chat, deps } = await setUp()
    const sent = headers as Record<string, string>
    expect((await chat({ ...sent, ...JSON_TYPE })).status).toBe(403)
    expect((await app.request('/v1/decisions', { headers: sent })).status).toBe(403)
    expect([deps.pipeline.chatted, deps.store.queries]).toEqual([[], []])
  })

  it('may hold a link to a page of ours', async () => {
    const { app } = await setUp()
    const followed = {
      'sec-fetch-site': 'cross-site',
      'sec-fetch-mode': 'navigate',
      'sec-fetch-dest': 'document',
    }
    expect((await app.request('/', { headers: followed })).status).toBe(200)
    const posted = await app.request('/admin/rebuild', { method: 'POST', headers: followed })
    expect(posted.status).toBe(403)
  })

  it('cannot hide behind a request target that names another host', async () => {
    const { app } = await setUp()
    for (const url of ['http://evil.test/v1/decisions', 'https://127.0.0.1.evil.test/v1/models']) {
      const response = await app.request(url, { headers: { host: 'localhost:8787' } })
      expect(response.status).toBe(403)
    }
  })
})

describe('without keys, what a page may send without being asked', () => {
  const SIMPLE = [
    'text/plain',
    'text/plain;charset=UTF-8',
    'application/x-www-form-urlencoded',
    'multipart/form-data; boundary=x',
    'text/plain; application/json',
    'application/jsonx',
    '',
  ]

  it.each(SIMPLE)('is refused as %s, from wherever it comes', async (type) => {
    const { chat, deps } = await setUp()
    for (const origin of [
      {},
      { origin: 'http://localhost:3000' },
      { origin: 'http://a.localhost' },
    ]) {
      const response = await chat({ ...origin, 'content-type': type })
      expect(response.status).toBe(400)
      const { error } = errorSchema.parse(await response.json())
      expect([error.code, error.param]).toEqual(['invalid_request', 'content-type'])
    }
    expect(deps.pipeline.chatted).toEqual([])
  })

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON ;charset=utf-8',
    'application/vnd.api+json',
  ])('is not %s, which a browser asks about first', async (type) => {
    const { chat } = await setUp()
    const headers = { 'content-type': type, origin: 'http://localhost:3000' }
    expect((await chat(headers)).status).toBe(200)
  })

  it('is a request without a body, unless our own page or no page sends it', async () => {
    const { app } = await setUp()
    const rebuild = async (headers: Record<string, string>) =>
      (await app.request('/admin/rebuild', { method: 'POST', headers })).status
    expect(await rebuild({ origin: 'http://localhost:3000' })).toBe(400)
    expect(await rebuild({ 'sec-fetch-site': 'same-site' })).toBe(400)
    expect([400, 403]).not.toContain(await rebuild({}))
    const own = { origin: 'http://localhost', 'sec-fetch-site': 'same-origin' }
    expect([400, 403]).not.toContain(await rebuild(own))
  })

  it('is no matter where a key is needed, which no page can add unasked', async () => {
    const { chat, addKey } = await setUp()
    expect((await chat({ 'content-type': 'text/plain', ...addKey() })).status).toBe(200)
  })
})
