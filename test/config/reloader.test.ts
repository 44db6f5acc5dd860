import { renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { stringify } from 'yaml'
import { deferred } from '../support/deferred.ts'
import {
  DONE,
  type FakeProvider,
  ROLE,
  STOP,
  startFakeProvider,
  WORDS,
} from '../support/fake-provider.ts'
import { base, startReloading } from '../support/reloading-service.ts'

const strict = { routes: { ...base.routes, code: { models: ['small'], threshold: 0.8 } } }

const chat = (content: string, session?: string): RequestInit => ({
  headers: {
    'content-type': 'application/json',
    ...(session && { 'x-session-id': session }),
  },
  body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
})

describe('a reload', () => {
  it('makes another threshold decide the very next prompt, under another version', async () => {
    const { service, write, route } = await startReloading()
    const before = await route('some code 0.7')
    expect(before).toMatchObject({ route: 'code', threshold: 0.5 })
    write(strict)
    expect(await service.reload('file')).toBe(true)
    const after = await route('some code 0.7')
    expect(after).toMatchObject({ route: 'general', reason: 'below_threshold', threshold: 0.8 })
    expect(service.config.routes.code?.threshold).toBe(0.8)
    const { wanted, serving, cause } = service.configAdmin.state()
    expect([wanted.version, cause]).toEqual([serving.version, 'file'])
  })

  it('notes each configuration that served, and when it began to', async () => {
    const { service, write, file } = await startReloading()
    const first = service.configAdmin.state().serving.version
    write(strict)
    await service.reload('signal')
    const second = service.configAdmin.state().serving.version
    write()
    await service.reload('file')
    const activations = await service.configAdmin.activations()
    expect(activations.map(({ hash, cause, author }) => [hash, cause, author])).toEqual([
      [first, 'file', file],
      [second, 'signal', file],
      [first, 'start', file],
    ])
    expect((await service.configAdmin.version(second)).text).toContain('threshold: 0.8')
  })

  it('does nothing where the file says what it said', async () => {
    const { service, file, lines } = await startReloading()
    writeFileSync(file, `# a comment\n${stringify(base)}`)
    expect(await service.reload('file')).toBe(false)
    expect(await service.configAdmin.activations()).toHaveLength(1)
    expect(service.configAdmin.state().wanted.source).toContain('# a comment')
    expect(lines.some(({ level }) => level === 'error')).toBe(false)
  })

  it('keeps the old one serving where the file is bad, and says where', async () => {
    const { service, write, file, route, request, lines } = await startReloading()
    const before = service.configAdmin.state().serving
    write({ routes: { ...base.routes, code: { models: ['small'], treshold: 0.8 } } })
    expect(await service.reload('file')).toBe(false)
    expect(await route('some code 0.7')).toMatchObject({ route: 'code' })
    const { serving, lastError } = service.configAdmin.state()
    expect(serving).toBe(before)
    expect(lastError?.message).toContain(
      `${file} is not valid:\n  routes.code.treshold: unknown key, did you mean "threshold"?`,
    )
    const errors = lines.filter(({ level }) => level === 'error')
    expect(errors).toHaveLength(1)
    expect(errors[0]?.facts.problem).toContain('routes.code.treshold')
    const ready = (await (await request('GET', '/readyz')).json()) as {
      checks: { config: { ok: boolean; detail: string } }
    }
    expect(ready.checks.config).toMatchObject({ ok: true })
    expect(ready.checks.config.detail).toContain('routes.code.treshold')
    write(strict)
    expect(await service.reload('file')).toBe(true)
    expect(service.configAdmin.state().lastError).toBeNull()
  })

  it.each([
    ['is no YAML', (file: string) => writeFileSync(file, 'routes: [1'), 'cannot be read as YAML'],
    ['is gone', (file: string) => rmSync(file), 'is gone; what was read from it serves on'],
  ])('keeps the old one serving where the file %s', async (_, spoil, message) => {
    const { service, file, route } = await startReloading()
    spoil(file)
    expect(await service.reload('file')).toBe(false)
    expect(service.configAdmin.state().lastError?.message).toContain(message)
    expect(await route('some code 0.7')).toMatchObject({ route: 'code' })
  })

  it('refuses a provider whose key is not in the environment, as the start does', async () => {
    const { service, write } = await startReloading()
    const providers = {
      demo: { kind: 'openai', base_url: 'http://127.0.0.1:9/v1', api_key_env: 'NO_KEY' },
    }
    write({ providers })
    expect(await service.reload('file')).toBe(false)
    expect(service.configAdmin.state().lastError?.message).toContain('NO_KEY')
  })

  it('names what waits for a restart, and applies the rest', async () => {
    const { service, write, route, lines } = await startReloading()
    write({
      ...strict,
      server: { port: 9 },
      encoder: { threads: 2 },
      storage: { retention_days: 7 },
    })
    expect(await service.reload('file')).toBe(true)
    expect(await route('some code 0.7')).toMatchObject({ route: 'general' })
    const { restartRequired, wanted, serving } = service.configAdmin.state()
    expect(restartRequired).toEqual(['server.port', 'encoder.threads', 'storage.retention_days'])
    expect(serving.version).not.toBe(wanted.version)
    expect(service.config).toMatchObject({ server: { port: 8787 }, encoder: { threads: 1 } })
    expect(lines.at(-1)?.facts).toMatchObject({ restartRequired })
    write({ ...strict })
    await service.reload('file')
    const after = service.configAdmin.state()
    expect(after.restartRequired).toEqual([])
    expect(after.serving.version).toBe(after.wanted.version)
  })

  it('serves nothing else where only what waits for a restart changed', async () => {
    const { service, write } = await startReloading()
    const { serving } = service.configAdmin.state()
    write({ server: { port: 9 } })
    expect(await service.reload('file')).toBe(false)
    const state = service.configAdmin.state()
    expect(state.serving).toBe(serving)
    expect(state.restartRequired).toEqual(['server.port'])
    expect(await service.configAdmin.activations()).toHaveLength(1)
  })

  it('tells who depends on the configuration beyond the service', async () => {
    const levels: string[] = []
    const { service, write } = await startReloading({
      onConfig: ({ telemetry }) => levels.push(telemetry.log_level),
    })
    write({ telemetry: { log_level: 'debug' } })
    await service.reload('file')
    expect(levels).toEqual(['debug'])
  })

  it('keeps what it remembers of sessions: a follow-up stays with its route', async () => {
    const { service, write, request } = await startReloading()
    const routeOf = async (content: string): Promise<string | null> => {
      const response = await request('POST', '/v1/chat/completions', chat(content, 's-1'))
      expect(response.status).toBe(200)
      return response.headers.get('x-router-route')
    }
    expect(await routeOf('write some code 0.9 that sorts')).toBe('code')
    write({ routes: { ...base.routes, math: { models: ['small'], threshold: 0.8 } } })
    expect(await service.reload('file')).toBe(true)
    expect(await routeOf('now make it shorter')).toBe('code')
    write({ conversation: { half_life_ms: 60_000 } })
    expect(await service.reload('file')).toBe(true)
    expect(await routeOf('now make it shorter again')).toBe('code')
  })

  it('knows a route that it adds, and not one that it removes', async () => {
    const { service, write, route, request, lines } = await startReloading()
    const { math: _, ...routes } = base.routes
    write({ routes: { ...routes, writing: { models: ['small'] } } })
    await service.reload('file')
    expect(await route('writing 0.9')).toMatchObject({ route: 'writing' })
    expect(await route('math 0.9')).toMatchObject({
      route: 'general',
      reason: 'unconfigured_route',
    })
    const said = /The index knows math, not configured: .*`signalbox rebuild`/
    expect(lines.filter(({ message }) => said.test(message))).toHaveLength(1)
    const ready = await (await request('GET', '/readyz')).json()
    expect(ready).toMatchObject({ status: 'degraded', checks: { routes: { ok: false } } })
    const metrics = await (await request('GET', '/metrics')).text()
    expect(metrics).toMatch(/signalbox_decisions_total\{route="writing",reason="matched"\} 1/)
  })
})

describe('requests under way', () => {
  const streamed: RequestInit = {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      model: 'route:code',
      stream: true,
      messages: [{ role: 'user', content: 'write some code' }],
    }),
  }

  const held = async () => {
    const release = deferred<void>()
    const provider: FakeProvider = await startFakeProvider({
      held: async ({ response }) => {
        response.writeHead(200, { 'content-type': 'text/event-stream; charset=utf-8' })
        for (const event of [ROLE, ...WORDS.slice(0, 2)]) response.write(event)
        await release.promise
        for (const event of [...WORDS.slice(2), STOP, DONE]) response.write(event)
        response.end()
      },
    })
    const fake = { kind: 'openai', base_url: provider.baseUrl, limits: { max_concurrent: 1 } }
    const config = {
      ...base,
      providers: { demo: { kind: 'echo' }, fake },
      models: { ...base.models, held: { provider: 'fake', name: 'held' } },
      routes: { ...base.routes, code: { models: ['held'], threshold: 0.5 } },
    }
    return { release, provider, config }
  }

  it('finish on the configuration that they began with', async () => {
    const { release, provider, config } = await held()
    const { service, write, request, route } = await startReloading({ source: stringify(config) })
    const response = await request('POST', '/v1/chat/completions', streamed)
    const text = response.text()
    write(strict)
    expect(await service.reload('file')).toBe(true)
    expect(await route('some code 0.9')).toMatchObject({ route: 'code' })
    release.resolve()
    expect(await text).toContain('[DONE]')
    const id = response.headers.get('x-router-decision-id') ?? ''
    // The last byte is out before the completion is on its way to the store.
    await vi.waitFor(
      async () => {
        const decision = await (await request('GET', `/v1/decisions/${id}`)).json()
        expect(decision).toMatchObject({ route: 'code', model: 'held', outcome: 'served' })
      },
      { timeout: 20_000 },
    )
    await provider.close()
  })

  it('hold their places with a provider that did not change', async () => {
    const { release, provider, config } = await held()
    const { service, file, request } = await startReloading({ source: stringify(config) })
    const text = (await request('POST', '/v1/chat/completions', streamed)).text()
    writeFileSync(
      file,
      stringify({ ...config, routes: { ...config.routes, math: { models: ['small'] } } }),
    )
    expect(await service.reload('file')).toBe(true)
    const metrics = await (await request('GET', '/metrics')).text()
    expect(metrics).toContain('signalbox_slots_active{provider="fake"} 1')
    release.resolve()
    await text
    await provider.close()
  })
})

describe('a key and the address that it was given for', () => {
  const provider = (base_url: string, api_key_env = 'THE_KEY') => ({
    providers: { demo: { kind: 'openai', base_url, api_key_env } },
  })
  const source = stringify({ ...base, ...provider('http://127.0.0.1:9/v1') })
  const env = { THE_KEY: 'sk-one-0000000000', OTHER_KEY: 'sk-two-0000000000' }

  it('stay together: an edit of the file does not send it elsewhere', async () => {
    const { service, write } = await startReloading({ source, env })
    write(provider('http://127.0.0.1:8/v1'))
    expect(await service.reload('file')).toBe(false)
    expect(service.configAdmin.state().lastError?.message).toMatch(
      /^providers\.demo\.base_url: the key in THE_KEY was given for http:\/\/127\.0\.0\.1:9 and would be sent to http:\/\/127\.0\.0\.1:8/,
    )
    write(provider('http://127.0.0.1:9/another/path'))
    expect(await service.reload('file')).toBe(true)
    write(provider('http://127.0.0.1:8/v1', 'OTHER_KEY'))
    expect(await service.reload('file')).toBe(true)
  })

  it('part where an administrator confirms it', async () => {
    const { service, request, read } = await startReloading({ source, env })
    const { version } = service.configAdmin.state().wanted
    const put = (query: string) =>
      request('PUT', `/admin/config${query}`, {
        headers: { 'content-type': 'application/yaml', 'if-match': `"${version}"` },
        body: source.replace(':9/', ':8/'),
      })
    for (const query of ['', '?dry_run=1']) {
      const refused = await put(query)
      expect(refused.status).toBe(400)
      expect(await refused.json()).toMatchObject({
        error: { code: 'invalid_config', param: 'providers.demo.base_url' },
      })
    }
    expect(await read()).toBe(source)
    expect((await put('?confirm_origin=1')).status).toBe(200)
    expect(service.config.providers.demo?.base_url).toBe('http://127.0.0.1:8/v1')
  })
})

describe('without a file', () => {
  it('serves one that appears', async () => {
    const { service, write, dir } = await startReloading({ source: null })
    expect(service.configAdmin.state().wanted.path).toBeNull()
    writeFileSync(join(dir, 'draft'), stringify(base))
    renameSync(join(dir, 'draft'), join(dir, 'signalbox.yaml'))
    expect(await service.reload('file')).toBe(true)
    expect(Object.keys(service.config.routes)).toEqual(['code', 'math', 'general'])
    write(strict)
    expect(await service.reload('file')).toBe(true)
  })
})
