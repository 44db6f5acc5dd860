// Endpoints for operations: health, readiness, metrics, the OpenAPI document, and the list of endpoints.
import { z } from 'zod'
import { createOpenApiDocument, type OpenApiDocument } from '../openapi/openapi.ts'
import type { Readiness } from '../request/deps.ts'
import { defineEndpoint, documentedPath, type Endpoint } from '../request/endpoint.ts'

/** For callers without a key: details contain names of models and their problems. */
const withoutDetails = (checks: Readiness['checks']): Readiness['checks'] =>
  Object.fromEntries(
    Object.entries(checks).map(([name, { ok }]) => [name, { ok, detail: ok ? 'ok' : 'failing' }]),
  )

export const healthSchema = z.strictObject({ status: z.literal('ok') })

export const readinessSchema = z.strictObject({
  status: z
    .enum(['ready', 'degraded', 'not_ready'])
    .describe('Degraded: it serves, and something that is not needed for that is wrong.'),
  checks: z.record(z.string(), z.strictObject({ ok: z.boolean(), detail: z.string() })),
})

export const rootSchema = z.strictObject({
  name: z.literal('signalbox'),
  config_version: z.string(),
  endpoints: z.array(z.string()),
})

const health = defineEndpoint({
  id: 'health',
  method: 'get',
  path: '/healthz',
  access: 'public', // orchestrators have no key
  summary: 'Answers as long as the process does.',
  response: healthSchema,
  handler: () => () => ({ status: 'ok' as const }),
})

const readiness = defineEndpoint({
  id: 'readiness',
  method: 'get',
  path: '/readyz',
  access: 'public', // details only with a key
  summary: '200 when every check holds, else 503 with the same body.',
  response: readinessSchema,
  handler: (deps) => (c) => {
    const { isReady, checks } = deps.readiness()
    const isServing = isReady && !deps.isDraining()
    const accepting = deps.isDraining()
      ? { ok: false, detail: 'draining' }
      : { ok: true, detail: 'accepting requests' }
    const isWhole = Object.values(checks).every(({ ok }) => ok)
    const status = isServing ? (isWhole ? 'ready' : 'degraded') : 'not_ready'
    const all = { ...checks, accepting }
    const shown = c.get('principal') ? all : withoutDetails(all)
    return c.json({ status, checks: shown }, isServing ? 200 : 503)
  },
})

const metrics = defineEndpoint({
  id: 'metrics',
  method: 'get',
  path: '/metrics',
  access: 'admin',
  summary: "Metrics in Prometheus' text format.",
  contentType: 'text/plain',
  handler:
    ({ metrics }) =>
    async (c) =>
      c.body(await metrics.text(), 200, { 'content-type': metrics.contentType }),
})

/** @param all every endpoint, including these */
export const operations = (all: () => readonly Endpoint[]): Endpoint[] => {
  // Built at the first request (10 ms), then cached.
  let document: OpenApiDocument | undefined
  const describe = defineEndpoint({
    id: 'describe',
    method: 'get',
    path: '/',
    access: 'any',
    summary: 'The endpoints there are.',
    response: rootSchema,
    handler:
      ({ configVersion }) =>
      () => ({
        name: 'signalbox' as const,
        config_version: configVersion,
        endpoints: all().map(
          ({ method, path }) => `${method.toUpperCase()} ${documentedPath(path)}`,
        ),
      }),
  })
  const openapi = defineEndpoint({
    id: 'openapi',
    method: 'get',
    path: '/openapi.json',
    access: 'any',
    summary: 'This document.',
    handler: () => () => {
      document ??= createOpenApiDocument(all())
      return document
    },
  })
  return [describe, health, readiness, metrics, openapi]
}
