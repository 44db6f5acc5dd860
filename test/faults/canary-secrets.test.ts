// Canary secrets, planted wherever a secret may come in: the provider's key, gateway keys good and bad, URLs and headers.
// After all kinds of answers and failures they must stand in no file of the data folder, log line, metric or answer.
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type FakeProvider, startFakeProvider } from '../support/fake-provider.ts'
import { createSite, type RunningServer, type Site } from '../support/server.ts'

const PROVIDER_KEY = 'Canary/Provider+Key=7f3a9c51d2'
const WRONG_KEY = `sb-canarycanary-${'C4narySecret'.repeat(4).slice(0, 43)}`
const FOREIGN_KEY = 'sk-proj-CanaryOfAnotherProvider0123456789'
const QUERY_KEY = 'CanaryInTheQuery9876543210'
const HEADER_KEY = 'CanaryInAHeader5647382910'
const FAULTS = [
  'ok',
  'echoes-key',
  'status-500',
  'error-mid',
  'error-first',
  'html',
  'cut',
  'silent',
]

let provider: FakeProvider
let site: Site
let server: RunningServer
const told: string[] = []
const secrets: string[] = [PROVIDER_KEY, WRONG_KEY, FOREIGN_KEY, QUERY_KEY, HEADER_KEY]
let adminKey = ''
let userKey = ''

const keep = async (response: Response): Promise<number> => {
  told.push(JSON.stringify([...response.headers]))
  // A stream that was cut ends in an error; what came before counts.
  told.push(await response.text().catch((error: Error) => String(error)))
  return response.status
}

const send = (path: string, headers: Record<string, string>, body?: object): Promise<number> =>
  fetch(server.url + path, {
    method: body ? 'POST' : 'GET',
    headers: { 'content-type': 'application/json', ...headers },
    ...(body ? { body: JSON.stringify(body) } : {}),
  }).then(keep)

/** The secret itself, and the forms in which it could lie about. */
const formsOf = (secret: string): string[] => [
  secret,
  encodeURIComponent(secret),
  JSON.stringify(secret).slice(1, -1),
  Buffer.from(secret).toString('base64').replace(/=+$/, ''),
  Buffer.from(secret).toString('hex'),
  // The secret part of a gateway key alone.
  secret.startsWith('sb-') ? secret.slice(16) : secret,
]

const found = (where: string, bytes: Buffer | string): string[] =>
  secrets.flatMap(formsOf).flatMap((form) => (bytes.includes(form) ? [`${form} in ${where}`] : []))

beforeAll(async () => {
  provider = await startFakeProvider()
  const models = Object.fromEntries(FAULTS.map((name) => [name, { provider: 'canary', name }]))
  site = await createSite({
    config: {
      providers: {
        canary: { kind: 'openai', base_url: provider.baseUrl, api_key_env: 'CANARY_KEY' },
      },
      models,
      routes: {
        code: { models: ['ok'] },
        math: { models: ['ok'] },
        writing: { models: ['ok'] },
        general: { models: ['ok'] },
      },
      telemetry: { log_level: 'debug' },
      resilience: { total_timeout_ms: 1_500, max_attempts: 1 },
    },
  })
  const make = async (...args: string[]): Promise<string> => {
    const { stdout } = await site.run(['keys', 'create', '--json', ...args])
    const { key } = JSON.parse(stdout) as { key: string }
    secrets.push(key)
    return key
  }
  adminKey = await make('--name', 'admin', '--role', 'admin')
  userKey = await make('--name', 'user', '--limit', 'requests_per_day=1000')
  server = await site.start({ env: { CANARY_KEY: PROVIDER_KEY } })
}, 120_000)

afterAll(async () => {
  await site.remove()
  await provider.close()
})

describe('canary secrets', { shuffle: false }, () => {
  it('are used in every way that a client can', async () => {
    const bearer = { authorization: `Bearer ${userKey}` }
    const messages = [{ role: 'user', content: 'hello' }]
    for (const model of [...FAULTS, 'auto', 'route:code', 'none']) {
      for (const stream of [false, true]) {
        await send('/v1/chat/completions', bearer, { model, messages, stream })
      }
      await send('/v1/messages', { 'x-api-key': userKey }, { model, messages, max_tokens: 5 })
    }
    expect(provider.attempts[0]?.headers.authorization).toBe(`Bearer ${PROVIDER_KEY}`)
    await send('/v1/embeddings', bearer, { model: 'ok', input: 'x' })
    for (const key of [WRONG_KEY, FOREIGN_KEY, `${userKey}x`]) {
      expect(await send('/v1/models', { authorization: `Bearer ${key}` })).toBe(401)
      expect(await send('/v1/models', { 'x-api-key': key })).toBe(401)
    }
    expect(await send('/v1/models', { authorization: `Basic ${btoa(`u:${FOREIGN_KEY}`)}` })).toBe(
      401,
    )
    expect(await send(`/v1/models?api_key=${QUERY_KEY}`, {})).toBe(401)
    expect(await send(`/v1/${QUERY_KEY}?key=${QUERY_KEY}`, bearer)).toBe(404)
    expect(await send(`/v1/decisions?key=${QUERY_KEY}`, bearer)).toBe(400)
    expect(
      await send('/v1/models', { ...bearer, cookie: HEADER_KEY, 'x-goog-api-key': HEADER_KEY }),
    ).toBe(200)
    expect(await send('/v1/models', { ...bearer, 'x-request-id': `${HEADER_KEY} !` })).toBe(200)
    await send('/v1/feedback', bearer, { decision_id: 'x', verdict: 'good', api_key: QUERY_KEY })
    for (const path of [
      '/admin/keys',
      '/metrics',
      '/readyz',
      '/openapi.json',
      '/',
      '/v1/decisions',
    ]) {
      expect(await send(path, { authorization: `Bearer ${adminKey}` })).toBe(200)
    }
  }, 120_000)

  it('would be found, had they been kept', async () => {
    for (const secret of secrets) expect(found('here', `x${secret}x`)).not.toEqual([])
    const id = /^sb-([a-z0-9]{12})-/.exec(userKey)?.[1] ?? 'no key'
    const read = await Promise.all(
      ['', '-wal'].map((suffix) => readFile(site.databaseFile + suffix)),
    )
    expect(read.some((bytes) => bytes.includes(id))).toBe(true)
    expect(JSON.stringify(server.log())).toContain(`"keyId":"${id}"`)
  })

  it('stand in no answer, log line or metric', () => {
    expect(found('an answer', told.join('\n'))).toEqual([])
    expect(server.log().length).toBeGreaterThan(FAULTS.length)
    expect(
      found(
        'the log',
        server
          .log()
          .map((line) => JSON.stringify(line))
          .join('\n'),
      ),
    ).toEqual([])
    expect(found('stderr', server.stderr())).toEqual([])
  })

  it('stand in no file of the data folder, while the server runs and after', async () => {
    const scan = async (): Promise<string[]> => {
      const entries = await readdir(site.dataDir, { recursive: true, withFileTypes: true })
      const files = entries.filter((entry) => entry.isFile())
      expect(files.map(({ name }) => name)).toContain('signalbox.db')
      const hits = await Promise.all(
        files.map(async ({ parentPath, name }) =>
          found(name, await readFile(join(parentPath, name))),
        ),
      )
      return hits.flat()
    }
    expect(await scan()).toEqual([])
    await server.stop()
    expect(await scan()).toEqual([])
  })
})
