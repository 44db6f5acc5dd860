// D07: the server on a folder of which the database is gone, cut or damaged. It says so in its log, in /readyz and in
// /metrics, keeps what is left of the file, and lets nobody in who needed a key before.
import { readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type AnsweringServer, createSite, type Site } from '../support/server.ts'

let site: Site
let server: AnsweringServer

beforeAll(async () => {
  site = await createSite()
}, 60_000)

afterAll(() => site.remove())

afterEach(() => server.stop())

const get = (path: string, key?: string) =>
  fetch(server.url + path, key ? { headers: { authorization: `Bearer ${key}` } } : {})

const chat = (model: string) =>
  server.post('/v1/chat/completions', { model, messages: [{ role: 'user', content: 'hello' }] })

const readiness = async (key?: string) => {
  const response = await get('/readyz', key)
  const { status, checks } = (await response.json()) as {
    status: string
    checks: Record<string, { ok: boolean; detail: string }>
  }
  return { code: response.status, status, database: checks.database }
}

const setAside = async () =>
  (await readdir(site.dataDir)).filter((name) => /\.corrupt-[^.]*$/.test(name))

/** All but the index, which takes a while to build. */
const forgetEverything = async (): Promise<void> => {
  for (const name of await readdir(site.dataDir)) {
    if (name !== 'index') await rm(`${site.dataDir}/${name}`, { recursive: true })
  }
}

const DAMAGES: [string, string, () => Promise<void>][] = [
  ['deleted', 'missing', () => rm(site.databaseFile)],
  ['cut to nothing', 'missing', () => truncate(site.databaseFile, 0)],
  [
    'cut in half',
    'damaged',
    async () =>
      truncate(site.databaseFile, Math.floor((await readFile(site.databaseFile)).length / 2)),
  ],
  [
    'overwritten at its head',
    'damaged',
    async () =>
      writeFile(site.databaseFile, (await readFile(site.databaseFile)).fill(0x5a, 0, 4_096)),
  ],
]

describe('an open server', () => {
  it.each(DAMAGES)(
    'whose database was %s serves prompts, and says what it lost until that is dealt with',
    async (_, kind, damage) => {
      await forgetEverything()
      server = await site.startHere()
      expect(await readiness()).toMatchObject({
        code: 200,
        status: 'ready',
        database: { ok: true },
      })
      expect(await server.metric('signalbox_store_lost')).toBe(0)
      const served = await chat('small')
      const vote = { decision_id: served.headers.get('x-router-decision-id'), verdict: 'good' }
      expect((await server.post('/v1/feedback', vote)).status).toBe(201)
      await server.stop()
      const asideBefore = await setAside()
      await damage()

      for (const start of ['first', 'second']) {
        server = await site.startHere()
        expect(server.log(), start).toContainEqual(
          expect.objectContaining({
            level: 'error',
            kind,
            msg: expect.stringContaining('signalbox.db'),
          }),
        )
        expect((await chat('small')).status).toBe(200)
        expect(await readiness()).toMatchObject({
          code: 200,
          status: 'degraded',
          database: { ok: false, detail: expect.stringContaining('an empty one is in use') },
        })
        expect(await server.metric('signalbox_store_lost')).toBe(1)
        if (start === 'first') await server.stop()
      }
      expect((await setAside()).length - asideBefore.length).toBe(kind === 'damaged' ? 1 : 0)

      await rm(`${site.dataDir}/store-loss.json`)
      expect(await readiness()).toMatchObject({ status: 'ready', database: { ok: true } })
      expect(await server.metric('signalbox_store_lost')).toBe(0)
    },
    120_000,
  )
})

describe('a server with keys', () => {
  const makeAdmin = async (): Promise<string> => {
    const args = ['keys', 'create', '--json', '--role', 'admin', '--name', 'ops']
    return (JSON.parse((await site.run(args)).stdout) as { key: string }).key
  }

  it.each([
    ['on this machine only', '127.0.0.1', true],
    ['that others reach', '0.0.0.0', true],
    ['on this machine only, and without the stamp of the keys,', '127.0.0.1', false],
  ])(
    '%s whose database is gone lets nobody in until there is a new key',
    async (_, host, hasStamp) => {
      await forgetEverything()
      const old = await makeAdmin()
      server = await site.startHere()
      expect((await get('/v1/models', old)).status).toBe(200)
      await server.stop()
      await rm(site.databaseFile)
      if (!hasStamp) await rm(`${site.dataDir}/keys.stamp`)

      const started = await site.startHere({ env: { HOST: host } })
      server = { ...started, url: started.url.replace('0.0.0.0', '127.0.0.1') }
      expect((await get('/v1/models')).status).toBe(401)
      expect((await get('/v1/models', old)).status).toBe(401)
      expect(await readiness()).toEqual({
        code: 503,
        status: 'not_ready',
        database: { ok: false, detail: 'failing' },
      })
      expect(server.log()).toContainEqual(
        expect.objectContaining({ level: 'error', kind: 'missing' }),
      )

      const fresh = await makeAdmin()
      expect((await get('/v1/models', fresh)).status).toBe(200)
      expect((await get('/v1/models')).status).toBe(401)
      expect(await readiness(fresh)).toMatchObject({
        code: 200,
        status: 'degraded',
        database: { ok: false, detail: expect.stringContaining('it held') },
      })
    },
    120_000,
  )
})
