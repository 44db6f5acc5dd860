// A stored key → the principal of the requests made with it. Restrictions are worked out against the configuration here,
// once per load, so that whatever a request reaches (pinned, routed or by fallback) is one look into a set.
import type { Config } from '../config/config-schema.ts'
import { actionOf } from '../config/schema/action-schema.ts'
import type { GatewayKey, Principal } from '../core/decide/gateway-key.ts'

type Known = Pick<Config, 'models' | 'routes'>

/** With unknown prices a budget would never be used up. */
const pricedModels = ({ models }: Known): string[] =>
  Object.entries(models)
    .filter(([, m]) => m.input_usd_per_million !== null && m.output_usd_per_million !== null)
    .map(([model]) => model)

const hasBudget = ({ limits }: GatewayKey): boolean =>
  Object.keys(limits).some((name) => name.startsWith('budget_usd'))

/** A key of a model may use every way of asking it. */
const withActions = (models: readonly string[], known: Known): string[] => [
  ...models,
  ...Object.keys(known.models).filter((id) => models.includes(actionOf(id)?.model ?? '')),
]

/** The models named; else, where routes are named, theirs. A key with a budget is kept to models that have prices. */
const modelsOf = (key: GatewayKey, known: Known): Set<string> | null => {
  const ofRoutes = key.routes?.flatMap((route) => known.routes[route]?.models ?? [])
  const named = key.models ? withActions(key.models, known) : ofRoutes
  if (!hasBudget(key)) return named ? new Set(named) : null
  const priced = pricedModels(known)
  return new Set(named ? priced.filter((model) => named.includes(model)) : priced)
}

export const principalOf = (key: GatewayKey, known: Known): Principal => ({
  id: key.id,
  owner: key.owner,
  roles: key.roles,
  models: modelsOf(key, known),
  routes: key.routes && new Set(key.routes),
  limits: key.limits,
  expiresAtMs: key.expiresAtMs,
})
