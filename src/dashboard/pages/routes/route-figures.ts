// What is known of each route, put together from the configuration, the generation that serves and its report.
import { effectiveThresholds } from '../../../core/decide/decide-route.ts'
import { NONE_ROUTE } from '../../../core/types.ts'
import {
  type RouteQuality,
  type RoutingReport,
  routeQualities,
} from '../../../training/reports/routing-report.ts'
import type { DashboardDeps } from '../../request/deps.ts'

export interface RouteFigures {
  route: string
  /** '' where the configuration gives none. */
  description: string
  /** Empty for `none`, and for what is trained and not configured. */
  models: readonly string[]
  exemplars: number
  /** Null for `none`. */
  threshold: number | null
  isThresholdFitted: boolean
  /** Null where the generation was built without held-out rows, or before they were kept. */
  quality: RouteQuality | null
}

export interface RoutesState {
  /** Null until an index serves. */
  generation: number | null
  routes: RouteFigures[]
  routing: RoutingReport | null
  isDefault: (route: string) => boolean
}

const countByRoute = (exemplars: readonly { route: string }[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { route } of exemplars) counts.set(route, (counts.get(route) ?? 0) + 1)
  return counts
}

/** Of the generation that serves; null where its report cannot be read, or does not hold it. */
const readRouting = async ({ live, admin }: DashboardDeps): Promise<RoutingReport | null> => {
  const number = live()?.number
  if (number === undefined) return null
  const described = await admin.generations.get(number).catch(() => null)
  return described?.report?.routing ?? null
}

export const readRoutes = async (deps: DashboardDeps): Promise<RoutesState> => {
  const { config, live } = deps
  const generation = live()
  const routing = await readRouting(deps)
  const qualities = routing && routeQualities(routing)
  const counts = countByRoute(generation?.exemplars ?? [])
  const fitted = generation?.manifest.classifier.thresholds ?? {}
  const thresholds = effectiveThresholds(config.routes, fitted)
  const names = new Set([...Object.keys(config.routes), ...counts.keys(), NONE_ROUTE])
  const routes = [...names].map((route): RouteFigures => {
    const settings = config.routes[route]
    return {
      route,
      description: settings?.description ?? '',
      models: settings?.models ?? [],
      exemplars: counts.get(route) ?? 0,
      threshold: thresholds[route] ?? null,
      isThresholdFitted: settings?.threshold === 'auto',
      quality: qualities?.get(route) ?? null,
    }
  })
  return {
    generation: generation?.number ?? null,
    routes: routes.sort((a, b) => Number(a.route === NONE_ROUTE) - Number(b.route === NONE_ROUTE)),
    routing,
    isDefault: (route) => route === config.default_route,
  }
}
