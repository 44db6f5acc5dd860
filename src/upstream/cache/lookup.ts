// A request → the key under which its answer may be found or stored, or null where the cache is not used: it is off for the route, the
// caller disabled it, or the request forces failures.

import type { Config } from '../../config/config-schema.ts'
import type { DialectName, UpstreamTarget } from '../../dialects/chat/upstream-request.ts'
import type { CallRequest } from '../call/call.ts'
import { FAIL_TARGETS_FIELD } from '../resilience/forced-failures.ts'
import type { Upstream } from '../upstream.ts'
import { type CacheControl, readCacheControl } from './cache-control.ts'
import { exactKey, similarityKeyOf } from './cache-key.ts'
import type { SimilarityKey } from './similarity-groups.ts'

/** The cache's view of a request. */
export interface Lookup {
  key: string
  /** Null where only an identical request may get the answer. */
  similarityKey: SimilarityKey | null
  /** Dialect in which the decision's model answers. */
  dialect: DialectName
  control: CacheControl
  route: Config['routes'][string]['cache']
}

export interface LookupOptions {
  config: Pick<Config, 'routes'>
  /** By provider name. */
  upstreams: Record<string, Pick<Upstream, 'native'>>
  /** By configured model id. */
  targets: Record<string, UpstreamTarget>
  /** Length of the unit-length prefix of a decision's embedding; asked only where there is one. */
  dimensions: () => number
}

const isForced = ({ body, native, failTargets }: CallRequest): boolean =>
  failTargets !== undefined ||
  FAIL_TARGETS_FIELD in body ||
  FAIL_TARGETS_FIELD in (native?.body ?? {})

const dialectOf = (
  { decision, native }: CallRequest,
  { targets, upstreams }: LookupOptions,
): DialectName => {
  const spoken = upstreams[targets[decision.model]?.provider ?? '']?.native
  // Gemini's answers are always converted to chat form.
  if (!native || spoken !== native.dialect || native.dialect === 'gemini') return 'openai'
  return native.dialect
}

export const lookupOf = (request: CallRequest, options: LookupOptions): Lookup | null => {
  const { decision, native, cacheControl } = request
  const route = options.config.routes[decision.route]?.cache
  if (!route || route.mode === 'off' || isForced(request)) return null
  const control = readCacheControl(cacheControl)
  if (!control.mayWrite) return null
  const dialect = dialectOf(request, options)
  if (dialect === 'responses') return null // its answers have ids that can be fetched, and items that are referred to
  // The translation to chat lacks a part of the request.
  if (dialect === 'openai' && native && native.untranslatable.length > 0) return null
  const isComparable = dialect === 'openai' && native?.dialect !== 'gemini'
  const mayBeLike = route.mode === 'semantic' && isComparable && decision.embedding
  const similarityKey = mayBeLike ? similarityKeyOf(request, options.dimensions()) : null
  return { key: exactKey(request, dialect), similarityKey, dialect, control, route }
}
