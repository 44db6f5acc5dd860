// A request → under which key its answer may be found or kept, or null where the cache stays out of it: the route does not
// want it, the caller does not, or the request tests its fallbacks.

import type { Config } from '../../config/config-schema.ts'
import type { DialectName, UpstreamTarget } from '../../dialects/chat/upstream-request.ts'
import type { CallRequest } from '../call/call.ts'
import { FAIL_TARGETS_FIELD } from '../resilience/forced-failures.ts'
import type { Upstream } from '../upstream.ts'
import { type CacheControl, readCacheControl } from './cache-control.ts'
import { exactKey, likenessOf } from './cache-key.ts'
import type { Likeness } from './likeness-groups.ts'

/** What is known of a request before its answer is. */
export interface Lookup {
  key: string
  /** Null where only the same request may have the answer. */
  likeness: Likeness | null
  /** That the decision's model answers in. */
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
  // Gemini's answers are read into chat form for all.
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
  // Its chat form lacks something that the model would have been asked to do.
  if (dialect === 'openai' && native && native.untranslatable.length > 0) return null
  const isComparable = dialect === 'openai' && native?.dialect !== 'gemini'
  const mayBeLike = route.mode === 'semantic' && isComparable && decision.embedding
  const likeness = mayBeLike ? likenessOf(request, options.dimensions()) : null
  return { key: exactKey(request, dialect), likeness, dialect, control, route }
}
