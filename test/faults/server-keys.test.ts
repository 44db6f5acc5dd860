// Keys on the real server: who is let in at the start, while the command line changes keys beside it, and after a restart.
import { rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AnsweringServer, createSite, type Site } from '../support/server.ts'
import { exampleRoute } from '../support/training-folder.ts'

let site: Site

beforeAll(async () => {
  site = await createSite()
}, 60_000)

afterAll(() => site.remove())

interface Made {
  id: string
  key: string
}

const make = async (...args: string[]): Promise<Made> => {
  const { stdout, stderr, exitCode } = await site.run(['keys', 'create', '--json', ...args])
  expect([exitCode, stderr]).toEqual([0, ''])
  return JSON.parse(stdout) as Made
}

const ask = (server: AnsweringServer, path: string, key?: string, body?: object) =>
  fetch(server.url + path, {
    method: body ? 'POST' : 'GET',
    headers: {
      'content-type': 'application/json',
      ...(key ? { authorization: `Bearer ${key}` } : {}),
    },
    ...(body ? { body: JSON.stringify(body) } : {}),
  })

const chat = { model: 'small', messages: [{ role: 'user', content: 'hello' }] }

// Each begins where the one before has left the folder.
describe('a server and its keys', { shuffle: false }, () => {
  describe('a fresh install', () => {
    it('refuses an address that others can reach, and has no key of its own', async () => {
      const { code, stderr } = await site.startAndFail({ env: { HOST: '0.0.0.0' } })
      expect(code).toBe(1)
      expect(stderr).toMatch(
        /^error: server\.host is 0\.0\.0\.0 .*signalbox keys create --role admin/,
      )
      expect(JSON.parse((await site.run(['keys', 'list', '--json'])).stdout)).toEqual({ keys: [] })
    })

    it('takes the first key while it runs, and from then on nobody without one', async () => {
      const server = await site.start({ until: 'listening' })
      expect((await ask(server, '/v1/models')).status).toBe(200)
      const admin = await make('--name', 'ops', '--role', 'admin')
      expect((await ask(server, '/v1/models')).status).toBe(401)
      expect((await ask(server, '/v1/models', admin.key)).status).toBe(200)
      expect((await stat(join(site.dataDir, 'keys.stamp'))).mode & 0o777).toBe(0o600)
      await server.stop()
    })

    it('then serves on that address, too', async () => {
      const server = await site.start({ env: { HOST: '0.0.0.0' }, until: 'listening' })
      const local = { ...server, url: server.url.replace('0.0.0.0', '127.0.0.1') }
      expect((await ask(local, '/v1/models')).status).toBe(401)
      await server.stop()
    })
  })

  describe('a running server', () => {
    let server: AnsweringServer
    let admin: Made

    beforeAll(async () => {
      server = await site.start()
      admin = await make('--name', 'admin', '--role', 'admin')
    }, 120_000)

    afterAll(() => server.stop())

    it('refuses a key as soon as the command that revokes it has ended', async () => {
      const { id, key } = await make('--name', 'web')
      expect((await ask(server, '/v1/models', key)).status).toBe(200)
      expect((await site.run(['keys', 'revoke', id])).exitCode).toBe(0)
      expect((await ask(server, '/v1/models', key)).status).toBe(401)
      const { exitCode, stderr } = await site.run(['keys', 'revoke', 'nobody'])
      expect([exitCode, stderr]).toEqual([
        1,
        'error: There is no key nobody; see: signalbox keys list\n',
      ])
    })

    it('keeps decisions of one key from another, in the database', async () => {
      const [one, two] = [await make('--name', 'one'), await make('--name', 'two')]
      const served = await ask(server, '/v1/chat/completions', one.key, chat)
      expect(served.status).toBe(200)
      const id = served.headers.get('x-router-decision-id')
      expect((await ask(server, `/v1/decisions/${id}`, one.key)).status).toBe(200)
      expect((await ask(server, `/v1/decisions/${id}`, two.key)).status).toBe(404)
      const listed = async (key: string) => {
        const { data } = (await (await ask(server, '/v1/decisions', key)).json()) as {
          data: { id: string }[]
        }
        return data.map((decision) => decision.id)
      }
      expect(await listed(one.key)).toEqual([id])
      expect(await listed(two.key)).toEqual([])
      expect(await listed(admin.key)).toContain(id)
      const vote = { decision_id: id, verdict: 'good' }
      expect((await ask(server, '/v1/feedback', two.key, vote)).status).toBe(404)
      expect((await ask(server, '/v1/feedback', one.key, vote)).status).toBe(201)
    })

    it('routes a key round what it may not use, and names what it pinned in vain', async () => {
      const [CODE, WRITING] = [exampleRoute('code'), exampleRoute('writing')]
      const { key } = await make('--name', 'writer', '--route', WRITING)
      const body = { prompt: 'fix this javascript function for me' }
      const routed = await ask(server, '/v1/route', key, body)
      expect(await routed.json()).toMatchObject({ route: WRITING, reason: 'constrained' })
      const pinned = await ask(server, '/v1/route', key, { ...body, model: `route:${CODE}` })
      expect(pinned.status).toBe(403)
      expect(await pinned.text()).toContain(`route \\"${CODE}\\"`)
    })

    it('answers everyone else while one key floods', async () => {
      const flood = await make('--name', 'flood', '--limit', 'requests_per_minute=5')
      const calm = await make('--name', 'calm')
      const flooding = Array.from({ length: 100 }, () =>
        ask(server, '/v1/chat/completions', flood.key, chat),
      )
      const others = Array.from({ length: 20 }, () =>
        ask(server, '/v1/chat/completions', calm.key, chat),
      )
      const statuses = (await Promise.all(flooding)).map(({ status }) => status)
      expect(statuses.filter((status) => status === 200).length).toBeLessThanOrEqual(10)
      expect(statuses.filter((status) => status === 429).length).toBeGreaterThanOrEqual(90)
      expect((await Promise.all(others)).map(({ status }) => status)).toEqual(Array(20).fill(200))
    })

    it('counts a stream when it ends, and goes on counting after a restart', async () => {
      const { key, id } = await make('--name', 'daily', '--limit', 'tokens_per_day=5')
      const streamed = await ask(server, '/v1/chat/completions', key, { ...chat, stream: true })
      expect(streamed.status).toBe(429) // its prompt alone is estimated to be larger
      const larger = await make('--name', 'larger', '--limit', 'tokens_per_day=20')
      const whole = await ask(server, '/v1/chat/completions', larger.key, { ...chat, stream: true })
      expect(whole.status).toBe(200)
      expect(await whole.text()).toContain('[DONE]')
      expect((await ask(server, '/v1/chat/completions', larger.key, chat)).status).toBe(429)
      await server.stop()
      server = await site.startHere()
      expect((await ask(server, '/v1/chat/completions', larger.key, chat)).status).toBe(429)
      const { data } = (await (await ask(server, '/admin/keys', admin.key)).json()) as {
        data: { id: string; used: { day: { tokens: number; requests: number } } }[]
      }
      const used = (keyId: string) => data.find((one) => one.id === keyId)?.used.day
      expect(used(larger.id)?.tokens).toBeGreaterThan(5)
      expect(used(id)).toMatchObject({ tokens: 0, requests: 0 })
      await server.stop()
      const listed = JSON.parse((await site.run(['keys', 'list', '--json'])).stdout) as {
        keys: { id: string; used: { day: { tokens: number; requests: number } } }[]
      }
      const shown = listed.keys.find((one) => one.id === larger.id)?.used.day
      expect(shown).toEqual(used(larger.id))
      const table = (await site.run(['keys', 'list'])).stdout.split('\n')
      expect(table[0]).toMatch(/used today +used this month$/)
      expect(table.find((line) => line.startsWith(larger.id))).toContain(
        `${shown?.requests} requests, ${shown?.tokens} tokens, USD 0`,
      )
      server = await site.startHere()
    }, 60_000)

    it('stays closed where its database is lost', async () => {
      await server.stop()
      for (const suffix of ['', '-wal', '-shm']) {
        await rm(site.databaseFile + suffix, { force: true })
      }
      server = await site.startHere()
      expect((await ask(server, '/v1/models')).status).toBe(401)
      expect((await ask(server, '/v1/models', admin.key)).status).toBe(401)
      const next = await make('--name', 'next', '--role', 'admin')
      expect((await ask(server, '/v1/models', next.key)).status).toBe(200)
    }, 60_000)
  })
})
