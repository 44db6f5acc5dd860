// Builds the fallback chain of a request: the models of its route, or the request's own list, then the configured fallbacks, with
// those for context and content errors. A pinned model only falls back to configured fallbacks, never to the models of a route.
import type { Config } from '../config/config-schema.ts'
import { RouterError } from '../errors.ts'
import type { Chain } from '../upstream/resilience/chain.ts'

export type ChainConfig = Pick<Config, 'models' | 'routes'> & {
  resilience: Pick<Config['resilience'], 'fallbacks' | 'stream'>
}

export interface ChainRequest {
  route: string
  /** The chosen model first, then the others of its route; only the pinned model where one is pinned. */
  models: readonly string[]
  isPinned: boolean
  /** The body's own `models`. */
  listed: unknown
  /** Whether the principal may use a model. */
  mayUse: (model: string) => boolean
}

/** @throws RouterError `invalid_request` or `model_not_found` where the body's `models` are not configured model ids */
export const createChainOf = (config: ChainConfig): ((request: ChainRequest) => Chain) => {
  const windows = windowsOf(config)
  return ({ route, models, isPinned, listed, mayUse }) => {
    const settings = config.routes[route]?.resilience
    const ofRoute = isPinned ? {} : given(settings?.fallbacks)
    const fallbacks = { ...config.resilience.fallbacks, ...ofRoute }
    const others = readListed(config, listed) ?? [...models, ...fallbacks.general]
    return {
      models: [...new Set([...models.slice(0, 1), ...others.filter(mayUse)])],
      onContextWindow: fallbacks.context_window.filter(mayUse),
      onContentPolicy: fallbacks.content_policy.filter(mayUse),
      windows,
      isBuffered: (settings?.stream ?? config.resilience.stream) === 'buffered',
    }
  }
}

const windowsOf = ({ models }: ChainConfig): Record<string, number> =>
  Object.fromEntries(
    Object.entries(models).flatMap(([model, { context_window: window }]) =>
      window === null ? [] : [[model, window] as const],
    ),
  )

// A route's lists replace the global ones key by key; an undefined key must not.
const given = (
  lists: Config['routes'][string]['resilience']['fallbacks'] = {},
): Partial<Config['resilience']['fallbacks']> =>
  Object.fromEntries(Object.entries(lists).filter(([, list]) => list !== undefined))

const readListed = (config: ChainConfig, listed: unknown): string[] | null => {
  if (listed === undefined || listed === null) return null
  if (!Array.isArray(listed) || !listed.every((model) => typeof model === 'string')) {
    throw new RouterError('invalid_request', 'models: expected an array of configured model ids', {
      param: 'models',
    })
  }
  const unknown = listed.find((model) => !Object.hasOwn(config.models, model))
  if (unknown === undefined) return listed
  const known = Object.keys(config.models).join(', ')
  throw new RouterError('model_not_found', `models: there is no such model. Use ${known}.`, {
    param: 'models',
  })
}
