// The life of the real process: SIGTERM under load, a second start on the same data, and encoders that die or hang.
import { existsSync, statSync } from 'node:fs'
import Database from 'better-sqlite3'
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest'
import { type Deferred, deferred } from '../support/deferred.ts'
import {
  DONE,
  type FakeProvider,
  ROLE,
  STOP,
  startFakeProvider,
  WORDS,
} from '../support/fake-provider.ts'
import { createSite, type RunningServer, type Site } from '../support/server.ts'
import { exampleRoute } from '../support/training-folder.ts'

const STREAMS = 5
const DEADLINE_MS = 400

let provider: FakeProvider
let site: Site
let server: RunningServer
let release: Deferred<void>

beforeAll(async () => {
  provider = await startFakeProvider({
    /** Half an answer, and the other half once the test says so. */
    held: async ({ response }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
      for (const event of [ROLE, ...WORDS.slice(0, 2)]) response.write(event)
      await release.promise
      for (const event of [...WORDS.slice(2), STOP, DONE]) response.write(event)
      response.end()
    },
  })
  site = await createSite()
  await site.configure(config())
}, 60_000)

afterAll(async () => {
  await site.remove()
  await provider.close()
})

afterEach(() => {
  server.kill('SIGKILL')
  return server.exit
})

const config = (overrides: object = {}) => ({
  providers: { fake: { kind: 'openai', base_url: provider.baseUrl }, echo: { kind: 'echo' } },
  models: {
    held: { provider: 'fake', name: 'held' },
    small: { provider: 'echo', name: 'small' },
  },
  ...overrides,
})

const chat = (model: string, rest: object = {}) =>
  server.post('/v1/chat/completions', {
    model,
    messages: [{ role: 'user', content: 'write a python function that sorts a list' }],
    ...rest,
  })

/** Runs the code before the server, in its process. */
const preloaded = (code: string): Record<string, string> => ({
  NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(code)}"`,
})

/** Every child process is stopped as soon as it is there, until the test lets it go on. */
const STOP_CHILDREN = `
  import { ChildProcess } from 'node:child_process'
  const { spawn } = ChildProcess.prototype
  ChildProcess.prototype.spawn = function (...args) {
    const result = spawn.apply(this, args)
    this.kill('SIGSTOP')
    return result
  }`

/** A stream of which the first bytes are there, and the rest of it as text. */
const openStream = async () => {
  const response = await chat('held', { stream: true })
  expect(response.status).toBe(200)
  const reader = (response.body as ReadableStream<Uint8Array>).getReader()
  const decoder = new TextDecoder()
  let text = ''
  while (!text.includes('aus'))
    text += decoder.decode((await reader.read()).value, { stream: true })
  const rest = async (): Promise<string> => {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return text
      text += decoder.decode(value, { stream: true })
    }
  }
  return { rest }
}

const walBytes = (): number => {
  const wal = `${site.databaseFile}-wal`
  return existsSync(wal) ? statSync(wal).size : 0
}

// Each begins where the one before has left the folder.
describe('the real process', { shuffle: false }, () => {
  describe('SIGTERM', () => {
    it('lets running streams finish, then closes the database and exits 0', async () => {
      release = deferred()
      server = await site.start()
      const streams = await Promise.all(Array.from({ length: STREAMS }, openStream))
      server.kill('SIGTERM')
      await server.logged(({ msg }) => msg === 'draining')
      await expect(fetch(`${server.url}/healthz`)).rejects.toThrow('fetch failed')
      release.resolve()
      for (const { rest } of streams) {
        const text = await rest()
        expect(text).toContain('"content":"!"')
        expect(text.endsWith(DONE)).toBe(true)
        expect(text).toContain('"finish_reason":"stop"')
      }
      expect(await server.exit).toEqual({ code: 0, signal: null })
      expect(server.log().at(-1)).toMatchObject({ msg: 'stopped' })
      expect(server.stderr()).toBe('')
      expect(walBytes()).toBe(0)
      const client = new Database(site.databaseFile, { readonly: true })
      const outcomes = client
        .prepare('SELECT outcome, count(*) AS n FROM decisions GROUP BY 1')
        .all()
      client.close()
      expect(outcomes).toEqual([{ outcome: 'served', n: STREAMS }])
    }, 60_000)

    it('cuts a stream that outlasts the drain, and never ends it as if it were whole', async () => {
      release = deferred()
      await site.configure(config({ server: { port: 0, drain_timeout_ms: 300 } }))
      server = await site.start()
      const { rest } = await openStream()
      server.kill('SIGTERM')
      await expect(rest()).rejects.toThrow()
      expect(await server.exit).toEqual({ code: 0, signal: null })
      expect(walBytes()).toBe(0)
      release.resolve()
    }, 60_000)

    it('before the encoder is warm ends the server as later, though Ctrl-C ends the encoder first', async () => {
      release = deferred()
      await site.configure(config())
      server = await site.start({ until: 'listening', env: preloaded(STOP_CHILDREN) })
      const { rest } = await openStream()
      const [encoderPid = 0] = server.encoderPids()
      server.kill('SIGINT')
      await server.logged(({ msg }) => msg === 'draining')
      // The encoder process does not yet ignore it.
      process.kill(encoderPid, 'SIGINT')
      process.kill(encoderPid, 'SIGCONT')
      await server.logged(({ msg }) => msg === 'encoder process ended')
      release.resolve()
      expect(await rest()).toContain(DONE)
      expect(await server.exit).toEqual({ code: 0, signal: null })
      expect(server.log().at(-1)).toMatchObject({ msg: 'stopped' })
      expect(server.stderr()).toBe('')
    }, 60_000)

    it('given twice ends the process at once', async () => {
      release = deferred()
      await site.configure(config())
      server = await site.start()
      const { rest } = await openStream()
      const ending = rest().then(
        () => 'whole',
        () => 'cut',
      )
      server.kill('SIGTERM')
      await server.logged(({ msg }) => msg === 'draining')
      server.kill('SIGTERM')
      expect(await server.exit).toEqual({ code: 1, signal: null })
      expect(await ending).toBe('cut')
      release.resolve()
    }, 60_000)
  })

  describe('an error that nobody caught', () => {
    it.each([
      ['is thrown', 'throw new Error("nobody catches this")'],
      ['rejects a promise', 'Promise.reject(new Error("nobody catches this"))'],
    ])(
      'and %s is one fatal line, and ends the process with 1 after what was queued is written',
      async (_, fault) => {
        await site.configure(config())
        const env = preloaded(`process.on('SIGUSR2',()=>{${fault}})`)
        server = await site.start({ until: 'listening', env })
        const served = await chat('small')
        const id = served.headers.get('x-router-decision-id')
        server.kill('SIGUSR2')
        expect(await server.exit).toEqual({ code: 1, signal: null })
        expect(server.log().filter(({ level }) => level === 'fatal')).toEqual([
          expect.objectContaining({ msg: 'uncaught error' }),
        ])
        const client = new Database(site.databaseFile, { readonly: true })
        const stored = client.prepare('SELECT outcome FROM decisions WHERE id = ?').pluck().get(id)
        client.close()
        expect(stored).toBe('served')
      },
      60_000,
    )
  })

  describe('a second server on the same data', () => {
    it('is refused with the pid of the first, which serves on', async () => {
      server = await site.start()
      const second = await site.startAndFail()
      expect(second.code).toBe(1)
      expect(second.stderr).toBe(
        `error: Another server (process ${server.pid}) runs on this data directory. Stop it, or set SIGNALBOX_DATA.\n`,
      )
      expect(await server.route('debug my python loop')).toMatchObject({
        route: exampleRoute('code'),
      })
    }, 60_000)
  })

  describe('an encoder process', () => {
    it.each([
      ['is killed', 'SIGKILL' as const, 'encoder_unavailable'],
      ['is stopped', 'SIGSTOP' as const, 'encoder_timeout'],
    ])(
      'that %s costs no prompt its answer, and routing recovers',
      async (_, signal, code) => {
        await site.configure(config({ encoder: { deadline_ms: DEADLINE_MS } }))
        server = await site.start()
        const [pid, ...others] = server.encoderPids()
        expect(others).toEqual([])
        process.kill(pid as number, signal)
        let n = 0
        // Another text each time: a known one would come out of the cache.
        const ask = async () => {
          const content = `debug the python script that fails, take ${n++}`
          const response = await chat('auto', { messages: [{ role: 'user', content }] })
          expect(response.status).toBe(200)
          expect(await response.json()).toMatchObject({ object: 'chat.completion' })
          return response.headers
        }
        const during = await ask()
        expect(during.get('x-router-reason')).toBe('degraded')
        expect(during.get('x-router-route')).toBe('general')
        expect(await server.metric(`signalbox_degraded_total{code="${code}"}`)).toBe(1)
        await vi.waitFor(
          async () => {
            const after = await ask()
            expect(after.get('x-router-reason')).toBe('matched')
            expect(after.get('x-router-route')).toBe(exampleRoute('code'))
          },
          { timeout: 30_000, interval: 100 },
        )
        expect(server.encoderPids()).not.toContain(pid)
        expect(server.log().some(({ msg }) => msg === 'encoder process ended')).toBe(true)
        expect(await server.stop()).toEqual({ code: 0, signal: null })
      },
      90_000,
    )
  })
})
