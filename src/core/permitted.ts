// What of the configuration one principal may use: the pinned is refused by name, for `auto` the rest is left out.
import { RouterError } from '../errors.ts'
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

/** Routes with their models, without what the principal may not use; a route without a model left is left out. */
export const permittedModels = (
  principal: Limited,
  models: Record<string, readonly string[]>,
): Record<string, readonly string[]> => {
  if (principal.models === null && principal.routes === null) return models
  return Object.fromEntries(
    Object.entries(models)
      .filter(([route]) => mayUseRoute(principal, route))
      .map(([route, ids]) => [route, ids.filter((id) => mayUseModel(principal, id))] as const)
      .filter(([, ids]) => ids.length > 0),
  )
}

/**
 * The configured default route where it is among `models`, else the first that is.
 * @throws RouterError `permission_denied` where none is
 */
export const permittedDefault = (
  models: Record<string, readonly string[]>,
  defaultRoute: string,
): string => {
  const route = Object.hasOwn(models, defaultRoute) ? defaultRoute : Object.keys(models)[0]
  if (route !== undefined) return route
  throw new RouterError('permission_denied', 'This key may not use any route with a model.', {
    param: 'model',
  })
}
