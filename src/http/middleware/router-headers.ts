// The x-router-* headers of every reply to a routed request: answers, streams and errors; x-router-alias also on requests that were
// refused before routing.
import type { AppContext, Routed } from '../request/app-env.ts'

/** Header values are latin-1 without control characters; configured names may contain more. */
const headerValue = (value: string): string =>
  value.toWellFormed().replace(/[^\x20-\x7e]/gu, encodeURIComponent)

export const routerHeadersOf = (routed: Routed): Record<string, string> => {
  const { decision, attempts, overheadMs, cache } = routed
  const headers: Record<string, string> = {
    'x-router-decision-id': decision.id,
    'x-router-route': decision.route,
    'x-router-model': headerValue(attempts.at(-1)?.model ?? decision.model),
    'x-router-reason': decision.reason,
    'x-router-overhead-ms': overheadMs.toFixed(2),
    'x-router-attempts': String(attempts.length),
    'x-router-cache': cache?.status ?? 'bypass',
  }
  if (routed.fallbackCause) headers['x-router-fallback-cause'] = headerValue(routed.fallbackCause)
  if (cache?.kind) headers['x-router-cache-kind'] = cache.kind
  if (decision.confidence !== null) headers['x-router-confidence'] = decision.confidence.toFixed(4)
  if (decision.indexGeneration !== null) {
    headers['x-router-index-version'] = String(decision.indexGeneration)
  }
  if (decision.routingText.isTruncated) headers['x-router-truncated'] = '1'
  return headers
}

/** Those of this request; none where it was refused before routing. */
export const routedHeaders = (c: AppContext): Record<string, string> => {
  const routed = c.get('routed')
  const headers = routed ? routerHeadersOf(routed) : {}
  const named = c.get('named')
  if (named && named.rule !== null) {
    headers['x-router-alias'] = headerValue(`${named.rule}=${named.model}`)
  }
  return headers
}
