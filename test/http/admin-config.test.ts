import { describe, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import {
  configChangeSchema,
  configHistorySchema,
  configStatusSchema,
  configVersionSchema,
} from '../../src/http/endpoints/admin/config-schemas.ts'
import type { ReplayReport } from '../../src/training/reports/gate-report.ts'
import { base, type ReloadingService, startReloading } from '../support/reloading-service.ts'

const SOURCE = `# Ours.\n${stringify(base)}`
const STRICT = SOURCE.replace('0.5', '0.8')

const noPairs = { rows: 0, fixes: 0, breaks: 0, pValue: 1 }
const report = (changed: number): ReplayReport => ({
  generation: 1,
  replayed: 12_000,
  skipped: { pinned: 3 },
  withoutText: 0,
  sinceMs: null,
  changed,
  changedShare: changed / 12_000,
  moves: changed > 0 ? [{ from: 'code', to: 'general', decisions: changed }] : [],
  voted: noPairs,
  heldOut: noPairs,
  hubs: [],
  examples: [],
  durationMs: 1,
})

const put = (
  { request }: ReloadingService,
  { body, query = '', headers }: { body: string; query?: string; headers: Record<string, string> },
) => request('PUT', `/admin/config${query}`, { headers, body })

const yaml = (etag: string | null) => ({
  'content-type': 'application/yaml',
  ...(etag && { 'if-match': etag }),
})

const etagOf = async ({ request }: ReloadingService): Promise<string> =>
  (await request('GET', '/admin/config')).headers.get('etag') ?? ''

const errorOf = async (response: Response) =>
  ((await response.json()) as { error: { code: string; param: string | null; message: string } })
    .error

describe('GET /admin/config', () => {
  it('is the file as it is written where Accept asks for YAML, else what it amounts to', async () => {
    const service = await startReloading({ source: SOURCE })
    const asYaml = await service.request('GET', '/admin/config', {
      headers: { accept: 'application/yaml' },
    })
    expect(asYaml.headers.get('content-type')).toBe('application/yaml; charset=utf-8')
    expect(await asYaml.text()).toBe(SOURCE)
    const response = await service.request('GET', '/admin/config')
    const json = configStatusSchema.parse(await response.json())
    expect(response.headers.get('etag')).toBe(`"${json.version}"`)
    expect(asYaml.headers.get('etag')).toBe(`"${json.version}"`)
    expect(json).toMatchObject({ file: service.file, cause: 'start', last_error: null })
    expect(json.config).toMatchObject({ routes: { code: { threshold: 0.5 } } })
  })

  it('tells in headers what has no place in YAML', async () => {
    const service = await startReloading()
    service.write({ server: { port: 1 } })
    await service.service.reload('file')
    service.write({ rutes: {} })
    await service.service.reload('file')
    const { headers } = await service.request('GET', '/admin/config', {
      headers: { accept: 'text/yaml' },
    })
    expect(headers.get('x-config-restart-required')).toBe('server.port')
    expect(headers.get('x-config-last-error')).toContain('rutes: unknown key')
    const json = configStatusSchema.parse(
      await (await service.request('GET', '/admin/config')).json(),
    )
    expect(json.restart_required).toEqual(['server.port'])
    expect(json.last_error?.message).toContain('did you mean "routes"?')
    expect(json.serving_version).not.toBe(json.version)
  })
})

describe('PUT /admin/config', () => {
  it('plans, writes the text as it came, and serves by it', async () => {
    const service = await startReloading({
      source: SOURCE,
      replay: async (config) => report(config.routes.code?.threshold === 0.8 ? 1_680 : 12),
    })
    const response = await put(service, { body: STRICT, headers: yaml(await etagOf(service)) })
    expect(response.status).toBe(200)
    const change = configChangeSchema.parse(await response.json())
    expect(change).toMatchObject({ applied: true, restart_required: [], last_error: null })
    expect(change.plan.changes).toEqual([
      { path: 'routes.code.threshold', change: 'changed', before: 0.5, after: 0.8 },
    ])
    expect(change.plan.summary).toBe(
      "14.0 % of the last 7 days' 12,000 decisions would take another route (12 would without it, too: the index has changed since).",
    )
    expect(change.plan.replay).toMatchObject({ changed: 1_680, changed_anyway: 12 })
    expect(await service.read()).toBe(STRICT)
    expect(await service.route('code 0.7')).toMatchObject({ route: 'general' })
    expect(response.headers.get('etag')).toBe(await etagOf(service))
    const [latest] = await service.service.configAdmin.activations()
    expect(latest).toMatchObject({ cause: 'api', author: 'local', hash: change.version })
  })

  it('changes nothing on a dry run', async () => {
    const service = await startReloading({ source: SOURCE })
    const etag = await etagOf(service)
    const response = await put(service, { body: STRICT, query: '?dry_run=1', headers: yaml(etag) })
    const change = configChangeSchema.parse(await response.json())
    expect(change).toMatchObject({ applied: false, version: change.plan.from })
    expect(change.plan.summary).toBe('There is no index generation yet to replay decisions with.')
    expect(await service.read()).toBe(SOURCE)
    expect(await etagOf(service)).toBe(etag)
    expect(await service.route('code 0.7')).toMatchObject({ route: 'code' })
  })

  it('replays nothing where no route depends on it, or where it is not wanted', async () => {
    let replays = 0
    const service = await startReloading({
      source: SOURCE,
      replay: async () => {
        replays++
        return report(0)
      },
    })
    const dry = async (body: string, query: string): Promise<string> => {
      const response = await put(service, { body, query, headers: yaml(await etagOf(service)) })
      return configChangeSchema.parse(await response.json()).plan.summary
    }
    const quiet = `${SOURCE}telemetry: { log_level: debug }\n`
    expect(await dry(quiet, '?dry_run=1')).toBe('No key that decides about routes changes.')
    expect(await dry(STRICT, '?dry_run=1&replay=0')).toBe('No decision was replayed.')
    expect(await dry(SOURCE, '?dry_run=1')).toBe('Nothing changes.')
    expect(replays).toBe(0)
    expect(await dry(STRICT, '?dry_run=1')).toContain('0.0 %')
    expect(replays).toBe(1)
  })

  it('tells the second of two writers that the first was there', async () => {
    const service = await startReloading({ source: SOURCE })
    const headers = yaml(await etagOf(service))
    const texts = [0.6, 0.7].map((threshold) => SOURCE.replace('0.5', String(threshold)))
    const responses = await Promise.all(texts.map((body) => put(service, { body, headers })))
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 412])
    const won = responses.findIndex(({ status }) => status === 200)
    expect(await service.read()).toBe(texts[won])
    const lost = responses.find(({ status }) => status === 412) as Response
    expect(await errorOf(lost)).toMatchObject({ code: 'config_changed', param: 'If-Match' })
  })

  it('does not overwrite what was edited on disk a moment ago', async () => {
    const service = await startReloading({ source: SOURCE })
    const headers = yaml(await etagOf(service))
    service.write({ routes: { ...base.routes, math: { models: ['small'], threshold: 0.9 } } })
    const edited = await service.read()
    const response = await put(service, { body: STRICT, headers })
    expect(response.status).toBe(412)
    expect(await service.read()).toBe(edited)
    expect(service.service.config.routes.math?.threshold).toBe(0.9)
  })

  it.each([
    ['without If-Match', { 'content-type': 'application/yaml' }, STRICT, 'If-Match'],
    ['without a content type', { 'if-match': '*' }, STRICT, 'content-type'],
  ])('is refused %s', async (_, headers, body, param) => {
    const service = await startReloading({ source: SOURCE })
    const response = await put(service, { body, headers: headers as Record<string, string> })
    expect(response.status).toBe(400)
    expect(await errorOf(response)).toMatchObject({ code: 'invalid_request', param })
    expect(await service.read()).toBe(SOURCE)
  })

  it.each([
    [
      'a misspelt key',
      STRICT.replace('threshold', 'treshold'),
      'routes.code.treshold',
      'did you mean "threshold"?',
    ],
    [
      'a name that refers to nothing',
      STRICT.replace('default_route: general', 'default_route: genral'),
      'default_route',
      'did you mean "general"?',
    ],
    ['text that is no YAML', 'routes: [1', null, 'cannot be read as YAML'],
    ['brackets without end', '['.repeat(100_000), null, 'cannot be read as YAML'],
    [
      'a bomb of aliases',
      `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefghi'
        .split('')
        .map((n, i) => `${n}: &${n} [${Array(9).fill(`*${'abcdefgh'[i]}`).join()}]`)
        .join('\n')}\n`,
      null,
      'cannot be read as YAML',
    ],
  ])('is refused for %s, with the words of the start', async (_, body, param, message) => {
    const service = await startReloading({ source: SOURCE })
    const response = await put(service, { body, headers: yaml('*') })
    expect(response.status).toBe(400)
    const error = await errorOf(response)
    expect(error).toMatchObject({ code: 'invalid_config', param })
    expect(error.message).toContain(message)
    expect(await service.read()).toBe(SOURCE)
  })

  it('edits JSON into the file that there is, whose comments stay', async () => {
    const service = await startReloading({ source: SOURCE })
    const response = await put(service, {
      body: JSON.stringify(parse(STRICT)),
      headers: { 'content-type': 'application/json', 'if-match': await etagOf(service) },
    })
    expect(response.status).toBe(200)
    expect(await service.read()).toBe(STRICT)
  })

  it('writes signalbox.yaml where the embedded defaults serve, without HOST and PORT', async () => {
    const env = { HOST: '::1', PORT: '9' }
    const service = await startReloading({ source: null, env })
    const response = await service.request('GET', '/admin/config')
    const { config } = configStatusSchema.parse(await response.json())
    const body = JSON.stringify({ ...config, limits: { max_sockets: 7 } })
    const headers = { 'content-type': 'application/json', 'if-match': await etagOf(service) }
    expect((await put(service, { body, headers })).status).toBe(200)
    expect(parse(await service.read())).toMatchObject({
      server: { host: '127.0.0.1', port: 8787 },
      limits: { max_sockets: 7 },
    })
    expect(service.service.config.server).toMatchObject({ host: '::1', port: 9 })
    expect(service.service.configAdmin.state().restartRequired).toEqual([])
  })
})

describe('the history', () => {
  it('lists what served, shows one by the beginning of its hash, and goes back', async () => {
    const service = await startReloading({ source: SOURCE })
    const first = (await etagOf(service)).slice(1, -1)
    expect((await put(service, { body: STRICT, headers: yaml('*') })).status).toBe(200)
    const version = configVersionSchema.parse(
      await (await service.request('GET', `/admin/config/versions/${first.slice(0, 6)}`)).json(),
    )
    expect(version.version).toBe(first)
    const back = (body: object) =>
      service.request('POST', '/admin/config/rollback', {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      })
    const dry = configChangeSchema.parse(await (await back({ dry_run: true })).json())
    expect(dry).toMatchObject({ applied: false, plan: { to: first } })
    const done = configChangeSchema.parse(await (await back({})).json())
    expect(done).toMatchObject({ applied: true, version: first, serving_version: first })
    expect(await service.read()).toBe(SOURCE)
    expect(await service.route('code 0.7')).toMatchObject({ route: 'code' })
    const { data } = configHistorySchema.parse(
      await (await service.request('GET', '/admin/config/versions')).json(),
    )
    expect(data.map(({ cause, serving }) => [cause, serving])).toEqual([
      ['rollback', true],
      ['api', false],
      ['start', false],
    ])
    expect((await back({ to: 'ffff' })).status).toBe(404)
    expect((await service.request('GET', '/admin/config/versions/ffff')).status).toBe(404)
  })

  it('goes back only from the version that If-Match names, where it names one', async () => {
    const service = await startReloading({ source: SOURCE })
    expect((await put(service, { body: STRICT, headers: yaml('*') })).status).toBe(200)
    const response = await service.request('POST', '/admin/config/rollback', {
      headers: { 'content-type': 'application/json', 'if-match': '"000000000000"' },
      body: '{}',
    })
    expect(response.status).toBe(412)
    expect(await service.read()).toBe(STRICT)
  })
})
