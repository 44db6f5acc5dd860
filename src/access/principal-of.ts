// A stored key → the principal of its requests. Permissions are resolved against the configuration once per load, so that each check of
// a model or route is one look-up in a set.
import type { Config } from '../config/config-schema.ts'
import { actionOf } from '../config/schema/action-schema.ts'
import type { GatewayKey, Principal } from '../core/decide/gateway-key.ts'

type Known = Pick<Config, 'models' | 'routes'>

/** Models with known prices: with unknown ones a budget would never be used up. */
const pricedModels = ({ models }: Known): string[] =>
  Object.entries(models)
    .filter(([, m]) => m.input_usd_per_million !== null && m.output_usd_per_million !== null)
    .map(([model]) => model)

const hasBudget = ({ limits }: GatewayKey): boolean =>
  Object.keys(limits).some((name) => name.startsWith('budget_usd'))

/** Adds all actions of the permitted models. */
const withActions = (models: readonly string[], known: Known): string[] => [
  ...models,
  ...Object.keys(known.models).filter((id) => models.includes(actionOf(id)?.model ?? '')),
]

/** The key's models, else the models of its routes. Keys with a budget are restricted to models with prices. */
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
