// Alerts from what happens to a server until somebody is told: a provider that is gone, prompts that have changed, a
// configuration that is refused. Looks are a second apart; nothing here waits but for what is told.
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text as readAll } from 'node:stream/consumers'
import { expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { BASELINE_ROWS } from '../../src/core/alerting/quality-watch.ts'
import { base, type ReloadingService, startReloading } from '../support/reloading-service.ts'

interface ToldAlert {
  kind: string
  subject: string
  state: string
  summary: string
}

/** Somebody who is told; `heard` resolves with the first alert of a kind and state, now or later. */
const createListener = async () => {
  const heard: ToldAlert[] = []
  const server = createServer(async (request, response) => {
    const { alerts } = JSON.parse(await readAll(request)) as { alerts: ToldAlert[] }
    heard.push(...alerts)
    response.end()
    server.emit('heard')
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  onTestFinished(() => void server.close())
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/hook`,
    heard,
    until: async (kind: string, state: string): Promise<ToldAlert> => {
      for (;;) {
        const found = heard.find((one) => one.kind === kind && one.state === state)
        if (found) return found
        await once(server, 'heard')
      }
    },
  }
}

const start = async (changes: object = {}) => {
  const listener = await createListener()
  const alerts = {
    interval_seconds: 1,
    targets: { ops: { kind: 'webhook', url_env: 'HOOK' } },
    rules: { error_rate: { window_minutes: 1 } },
  }
  const server = await startReloading({
    env: { HOOK: listener.url },
    source: stringify({ ...base, alerts, ...changes }),
  })
  await server.service.ready
  return { ...listener, server, alerts }
}

const ask = (server: ReloadingService, content: string) =>
  server.request('POST', '/v1/chat/completions', {
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'auto', messages: [{ role: 'user', content }] }),
  })

it('tells of a provider that is gone, and of nothing twice', async () => {
  const { server, heard, until } = await start({
    providers: { demo: { kind: 'openai', base_url: 'http://127.0.0.1:9/v1' } },
    resilience: { max_attempts: 1, breaker_open_ms: 60_000, breaker_max_open_ms: 60_000 },
  })
  for (let n = 0; n < 40; n++) await ask(server, 'code 0.9')
  expect((await until('error_rate', 'firing')).summary).toMatch(/100\.0 % \(40 of 40\)/)
  await until('breaker_open', 'firing')
  expect(await until('targets_down', 'firing')).toBeDefined()
  const firing = heard.filter(({ state }) => state === 'firing')
  const names = firing.map(({ kind, subject }) => `${kind} ${subject}`)
  expect(new Set(names).size).toBe(names.length)
})

it('tells of prompts that have changed', async () => {
  const { server, until } = await start()
  for (let n = 0; n < BASELINE_ROWS; n++) await server.route('code 0.9')
  for (let n = 0; n < 100; n++) await server.route('code 0.6')
  expect((await until('confidence_drift', 'firing')).summary).toMatch(/confidence below 0\.[789]/)
})

it('tells of a configuration that is refused, and that it serves again', async () => {
  const { server, heard, until, alerts } = await start()
  server.write({ alerts, default_route: 'nowhere' })
  await server.service.reload('file')
  expect((await until('config_refused', 'firing')).summary).toContain('default_route')
  server.write({ alerts })
  await server.service.reload('file')
  await until('config_refused', 'resolved')
  expect(heard.filter(({ kind }) => kind === 'config_refused')).toHaveLength(2)
})
