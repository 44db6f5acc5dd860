// Which targets a request may go to, in which order: the decision's model, the route's other models, then the configured
// fallbacks; and, after a failure of its kind, those for a larger context or another content policy. A pinned model
// gives way only to what is configured as a fallback, never to the models of a route that nobody asked for.

import type { Config } from '../../config/config-schema.ts'
import type { ChatBody } from '../../dialects/chat/upstream-request.ts'
import { RouterError } from '../../errors.ts'
import type { FailureKind } from './failure.ts'

export interface Chain {
  /** Configured model ids, the decision's first, none twice. */
  readonly models: readonly string[]
  /** What is left to try after a failure of this kind at `failed`, out of `left`. */
  after(kind: FailureKind, failed: string, left: readonly string[]): string[]
}

export interface ChainRequest {
  decision: { model: string; route: string }
  body: ChatBody
  /** Models that this request may not use (another key's, or without a capability it needs) are left out. */
  mayUse?: (model: string) => boolean
}

export type ChainConfig = Pick<Config, 'models' | 'routes'> & {
  resilience: Pick<Config['resilience'], 'fallbacks'>
}

/** @throws RouterError `invalid_request` or `model_not_found` where the body's own `models` are not configured ones. */
export const chainOf = (config: ChainConfig, request: ChainRequest): Chain => {
  const { decision, body, mayUse = () => true } = request
  const route = config.routes[decision.route]
  // Its model may have given way to a stand-in that can serve, so it is the request that says what was pinned.
  const isPinned = body.model !== AUTO && Object.hasOwn(config.models, body.model)
  const ofRoute = isPinned ? {} : given(route?.resilience.fallbacks)
  const fallbacks = { ...config.resilience.fallbacks, ...ofRoute }
  const own = explicitModels(config, body) ?? [
    ...(isPinned ? [] : (route?.models ?? [])),
    ...fallbacks.general,
  ]
  const usable = (models: readonly string[]): string[] => models.filter(mayUse)
  const models = [...new Set([decision.model, ...usable(own)])]
  const windowOf = (model: string): number => config.models[model]?.context_window ?? 0
  return {
    models,
    after: (kind, failed, left) => {
      if (kind === 'final') return []
      if (kind === 'general') return [...left]
      if (kind === 'content_policy') return usable(fallbacks.content_policy)
      const larger = windowOf(failed) > 0 ? left.filter((m) => windowOf(m) > windowOf(failed)) : []
      return [...new Set([...usable(fallbacks.context_window), ...larger])]
    },
  }
}

const AUTO = 'auto'

// A route's lists replace the global ones one by one; a key that is merely undefined must not.
const given = (
  lists: Config['routes'][string]['resilience']['fallbacks'] = {},
): Partial<Config['resilience']['fallbacks']> =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined))

const explicitModels = (config: ChainConfig, body: ChatBody): string[] | null => {
  const { models } = body
  if (models === undefined || models === null) return null
  if (!Array.isArray(models) || !models.every((model) => typeof model === 'string')) {
    throw new RouterError('invalid_request', 'models: expected an array of configured model ids', {
      param: 'models',
    })
  }
  const unknown = models.find((model) => !Object.hasOwn(config.models, model))
  if (unknown === undefined) return models
  const known = Object.keys(config.models).join(', ')
  throw new RouterError('model_not_found', `models: there is no such model. Use ${known}.`, {
    param: 'models',
  })
}
