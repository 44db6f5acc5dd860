// One log line and one metric per request, written after its last byte; for a relayed stream at its end. The fields of the line are
// in request-line.ts.
import { matchedRoutes } from 'hono/route'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { elapsedMs } from './request-id.ts'
import { errorCodeOf, errorFacts, keyFacts, namedFacts, routedFacts } from './request-line.ts'

/** Polled every few seconds: their successes are not logged. */
export const POLLED = new Set(['/healthz', '/readyz', '/metrics'])

type LogDeps = Pick<HttpDeps, 'config' | 'logger' | 'metrics' | 'elapsedMs'>

/** The handler's pattern; unmatched paths are never logged, because they may contain anything. */
export const patternOf = (c: AppContext): string =>
  matchedRoutes(c).findLast(({ method }) => method !== 'ALL')?.path ?? 'unmatched'

/** What an open page of the dashboard asks for by itself, or brings along: only what a person opened or did is news. */
const ASKED_BY_PAGES = /^\/dashboard\/(?:assets\/|live$)/

const isAskedByPage = (c: AppContext, path: string): boolean => {
  if (!path.startsWith('/dashboard')) return false
  const isFragment = c.req.method === 'GET' && c.req.header('hx-request') === 'true'
  return isFragment || ASKED_BY_PAGES.test(path)
}

const levelOf = (c: AppContext, path: string, streamEnd: string | null) => {
  const { status } = c.res
  if (POLLED.has(path)) return 'debug'
  if (status === 500) return 'error'
  if (status > 500 || streamEnd === 'interrupted') return 'warn'
  return status < 400 && isAskedByPage(c, path) ? 'debug' : 'info'
}

const write = async (c: AppContext, deps: LogDeps): Promise<void> => {
  const { status } = c.res
  const { method } = c.req
  const path = patternOf(c)
  const streamEnd = (await c.get('relayEnd')) ?? null
  const totalMs = elapsedMs(deps) - c.get('startedMs')
  const routed = c.get('routed')
  const completion = (await routed?.completion) ?? null
  const overheadMs = routed?.overheadMs ?? null
  const errorCode = errorCodeOf(c)
  deps.metrics.onRequest({ method, path, status, errorCode, durationMs: totalMs, overheadMs })
  const trace = c.get('trace')
  const requestId = c.get('requestId')
  const decision = routed?.decision ?? null
  trace?.end({ method, path, status, errorCode, requestId, decision, completion })
  const facts = {
    requestId,
    ...(trace && { traceId: trace.traceId }),
    method,
    path,
    status,
    ...keyFacts(c),
    ...namedFacts(c),
    ...routedFacts({ routed, completion, logPrompts: deps.config.telemetry.log_prompts }),
    ...errorFacts(c),
    ...(streamEnd === null ? {} : { streamEnd }),
    totalMs: Number(totalMs.toFixed(2)),
  }
  deps.logger[levelOf(c, path, streamEnd)](facts, 'request')
}

/** One turn later, so that the answer does not wait for its log line. */
export const logLater = (c: AppContext, deps: LogDeps): void => {
  setImmediate(() => void write(c, deps))
}
