// Applies a principal's permissions: a pinned route or model that is not permitted is refused; for `auto`, models that are not
// permitted are left out.
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

export interface PermittedRoute {
  route: string
  reason: Reason
  /** The route's permitted models, in configured order. */
  models: readonly string[]
}

export interface PermittedContext {
  principal: Limited
  requested: RequestedModel
  /** Model ids of each configured route, in configured order. */
  models: Readonly<Record<string, readonly string[]>>
  defaultRoute: string
}

/**
 * The decided route restricted to the principal's permitted models. Where none is left, another route with the reason
 * `constrained`: the default route if permitted, else the first permitted one. A pinned route is never replaced.
 * @throws RouterError `permission_denied` where no route is left
 */
export const permittedRoute = (
  { route, reason }: Pick<PermittedRoute, 'route' | 'reason'>,
  { principal, requested, models, defaultRoute }: PermittedContext,
): PermittedRoute => {
  if (principal.models === null && principal.routes === null) {
    return { route, reason, models: models[route] ?? [] }
  }
  const modelsOf = (name: string): string[] =>
    mayUseRoute(principal, name)
      ? (models[name] ?? []).filter((model) => mayUseModel(principal, model))
      : []
  const own = modelsOf(route)
  if (own.length > 0) return { route, reason, models: own }
  if (requested.kind === 'route') {
    throw denied(`any model of the route "${requested.route}"`, principal.models)
  }
  const other = [defaultRoute, ...Object.keys(models)].find((name) => modelsOf(name).length > 0)
  if (other === undefined) throw denied('any model of any of its routes', principal.models)
  return { route: other, reason: 'constrained', models: modelsOf(other) }
}
