// All models that may serve a chat, by decision or fallback: a key's limits are checked for them before the decision.

import type { Config } from '../../config/config-schema.ts'
import type { ChatBody } from '../../dialects/chat/upstream-request.ts'

type Configured = Pick<Config, 'models' | 'routes' | 'resilience'>

const ROUTE = 'route:'

/** Distinct configured ids; all of them for `auto`, and for unknown names. */
export const reachableModels = (
  { models, routes, resilience }: Configured,
  { model, models: chain }: ChatBody & { models?: unknown },
): string[] => {
  const route = model.startsWith(ROUTE) ? model.slice(ROUTE.length) : null
  const own = route !== null && Object.hasOwn(routes, route) ? routes[route] : undefined
  if (!own && !Object.hasOwn(models, model)) return Object.keys(models)
  const named = [
    ...(own?.models ?? [model]),
    ...Object.values(resilience.fallbacks).flat(),
    ...Object.values(own?.resilience.fallbacks ?? {}).flat(),
    ...(Array.isArray(chain) ? chain : []),
  ]
  return [...new Set(named)].filter((id) => typeof id === 'string' && Object.hasOwn(models, id))
}
