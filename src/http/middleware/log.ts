// One line and one metric per request, written when its last byte has gone: for a relayed stream that is its end.
import { matchedRoutes } from 'hono/route'
import { LOCAL_PRINCIPAL } from '../../core/gateway-key.ts'
import { RouterError } from '../../errors.ts'
import type { AppContext, Middleware, Routed } from '../app-env.ts'
import type { HttpDeps } from '../deps.ts'
import { elapsedMs } from './request-id.ts'

/** Polled every few seconds: their successes are lines nobody reads. */
const POLLED = new Set(['/healthz', '/readyz', '/metrics'])

type LogDeps = Pick<HttpDeps, 'logger' | 'metrics' | 'elapsedMs'>

/** The handler's pattern; a path that matched none is never logged, it may hold anything. */
const patternOf = (c: AppContext): string =>
  matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'unmatched'

const errorFacts = (c: AppContext): Record<string, unknown> => {
  const { error } = c
  if (!error) return {}
  if (!(error instanceof RouterError)) return { errorCode: 'internal', err: error }
  const isUnexpected = error.code === 'internal'
  return { errorCode: error.code, ...(isUnexpected ? { err: error.cause ?? error } : {}) }
}

/** The key's id, which is not secret. */
const keyFacts = (c: AppContext): Record<string, unknown> => {
  const principal = c.get('principal')
  return !principal || principal.id === LOCAL_PRINCIPAL.id ? {} : { keyId: principal.id }
}

const routedFacts = (c: AppContext): Record<string, unknown> => {
  const routed = c.get('routed')
  if (!routed) return {}
  const { decision, attempts, overheadMs, cache } = routed
  return {
    decisionId: decision.id,
    route: decision.route,
    model: attempts.at(-1)?.model ?? decision.model,
    reason: decision.reason,
    ...(decision.degradedBy === null ? {} : { degradedBy: decision.degradedBy }),
    ...(decision.skipped ? { skipped: decision.skipped.map(skippedFact) } : {}),
    attempts: attempts.length,
    ...(cache && cache.status !== 'bypass' ? { cache: cache.status } : {}),
    overheadMs: Number(overheadMs.toFixed(2)),
  }
}

type SkippedModel = NonNullable<Routed['decision']['skipped']>[number]

const skippedFact = ({ model, constraint }: SkippedModel): string => `${model}: ${constraint}`

const levelOf = (path: string, status: number, streamEnd: string | null) => {
  if (POLLED.has(path)) return 'debug'
  if (status === 500) return 'error'
  return status > 500 || streamEnd === 'interrupted' ? 'warn' : 'info'
}

const write = (c: AppContext, deps: LogDeps, streamEnd: string | null): void => {
  const { status } = c.res
  const { method } = c.req
  const path = patternOf(c)
  const durationMs = elapsedMs(deps) - c.get('startedMs')
  deps.metrics.onRequest({
    method,
    path,
    status,
    durationMs,
    overheadMs: c.get('routed')?.overheadMs ?? null,
  })
  const facts = {
    requestId: c.get('requestId'),
    method,
    path,
    status,
    ...keyFacts(c),
    ...routedFacts(c),
    ...errorFacts(c),
    ...(streamEnd === null ? {} : { streamEnd }),
    durationMs: Number(durationMs.toFixed(2)),
  }
  deps.logger[levelOf(path, status, streamEnd)](facts, 'request')
}

export const log = (deps: LogDeps): Middleware =>
  async function log(c, next) {
    await next()
    const relayEnd = c.get('relayEnd')
    if (relayEnd) void relayEnd.then((end) => write(c, deps, end))
    else write(c, deps, null)
  }
