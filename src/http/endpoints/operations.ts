// What operators and their tools read: health, readiness, metrics, the OpenAPI document, and what there is at all.

import { openApiDocument } from '../openapi/openapi.ts'
import { ENDPOINTS } from '../openapi/openapi-paths.ts'
import type { App } from '../request/app-env.ts'
import type { HttpDeps, Readiness } from '../request/deps.ts'

/** For those who have no key: details name models and say what is wrong with them. */
const withoutDetails = (checks: Readiness['checks']): Readiness['checks'] =>
  Object.fromEntries(
    Object.entries(checks).map(([name, { ok }]) => [name, { ok, detail: ok ? 'ok' : 'failing' }]),
  )

export const operations = (app: App, deps: HttpDeps): void => {
  const endpoints = ENDPOINTS.map(({ method, path }) => `${method.toUpperCase()} ${path}`)

  app.get('/', (c) => c.json({ name: 'signalbox', config_version: deps.configVersion, endpoints }))

  app.get('/healthz', (c) => c.json({ status: 'ok' }))

  app.get('/readyz', (c) => {
    const { isReady, checks } = deps.readiness()
    const isServing = isReady && !deps.isDraining()
    const accepting = deps.isDraining()
      ? { ok: false, detail: 'draining' }
      : { ok: true, detail: 'accepting requests' }
    const isWhole = Object.values(checks).every(({ ok }) => ok)
    const status = isServing ? (isWhole ? 'ready' : 'degraded') : 'not_ready'
    const all = { ...checks, accepting }
    const told = c.get('principal') ? all : withoutDetails(all)
    return c.json({ status, checks: told }, isServing ? 200 : 503)
  })

  app.get('/metrics', async (c) =>
    c.body(await deps.metrics.text(), 200, { 'content-type': deps.metrics.contentType }),
  )

  app.get('/openapi.json', (c) => c.json(openApiDocument()))
}
