// What of the configuration one principal may use: the pinned is refused by name, for `auto` the rest is left out.
import { RouterError } from '../../errors.ts'
import type { Reason } from '../types.ts'
import type { Principal } from './gateway-key.ts'
import type { RequestedModel } from './requested-model.ts'

type Limited = Pick<Principal, 'models' | 'routes'>

export const mayUseModel = ({ models }: Limited, model: string): boolean =>
  models?.has(model) ?? true

export const mayUseRoute = ({ routes }: Limited, route: string): boolean =>
  routes?.has(route) ?? true

const denied = (what: string, allowed: ReadonlySet<string> | null): RouterError =>
  new RouterError(
    'permission_denied',
    `This key may not use ${what}. It may use: ${[...(allowed ?? [])].join(', ') || 'none'}.`,
    { param: 'model' },
  )

/** @throws RouterError `permission_denied` naming the pinned route or model */
export const requirePermitted = (principal: Limited, requested: RequestedModel): void => {
  if (requested.kind === 'model' && !mayUseModel(principal, requested.model)) {
    throw denied(`the model "${requested.model}"`, principal.models)
  }
  if (requested.kind === 'route' && !mayUseRoute(principal, requested.route)) {
    throw denied(`the route "${requested.route}"`, principal.routes)
  }
}

/** The preferred model of each route, of what the principal may use; a route without one is left out. */
const firstPermitted = (
  principal: Limited,
  models: Record<string, readonly string[]>,
): Map<string, string> =>
  new Map(
    Object.entries(models).flatMap(([route, ids]) => {
      const id = mayUseRoute(principal, route) && ids.find((one) => mayUseModel(principal, one))
      return id ? [[route, id] as const] : []
    }),
  )

interface Choice {
  route: string
  model: string
  reason: Reason
}

/**
 * A choice as this principal may have it: another model of the route, or another route, with the reason `constrained`:
 * the default one where it is permitted, else the first that is. What was pinned never becomes another route.
 * @throws RouterError `permission_denied` where nothing is left
 */
export const permittedChoice = <C extends Choice>(
  choice: C,
  context: {
    principal: Limited
    requested: RequestedModel
    models: Record<string, readonly string[]>
    defaultRoute: string
  },
): C => {
  const { principal, requested, defaultRoute } = context
  if (requested.kind === 'model' || (principal.models === null && principal.routes === null)) {
    return choice
  }
  const permitted = firstPermitted(principal, context.models)
  const own = permitted.get(choice.route)
  if (own !== undefined) return { ...choice, model: own }
  if (requested.kind === 'route') {
    throw denied(`any model of the route "${requested.route}"`, principal.models)
  }
  const route = permitted.has(defaultRoute) ? defaultRoute : [...permitted.keys()][0]
  if (route === undefined) throw denied('any model of any of its routes', principal.models)
  return { ...choice, route, model: permitted.get(route) ?? '', reason: 'constrained' }
}
