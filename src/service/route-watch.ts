// Logs a disagreement of index and configuration about the routes, once per change: at the start, after a reload, and after a change
// of generation.
import type { Config } from '../config/config-schema.ts'
import { routeDisagreement } from '../core/decide/route-agreement.ts'
import type { Logger } from '../core/logger.ts'
import type { Generation } from '../vector-index/generation.ts'

export interface RouteWatch {
  /** The check for /readyz; logs a disagreement that is not logged yet. */
  check(): { ok: boolean; detail: string }
}

export interface RouteWatchOptions {
  generation: () => Pick<Generation, 'classifier'> | null
  /** The serving configuration. */
  config: () => Pick<Config, 'routes' | 'default_route'>
  logger: Logger
}

export const createRouteWatch = ({ generation, config, logger }: RouteWatchOptions): RouteWatch => {
  let said: string | null = null
  return {
    check: () => {
      const serving = generation()
      if (!serving) return { ok: true, detail: 'no index yet' }
      const found = routeDisagreement(serving.classifier.routes, config())
      const detail = found?.message ?? 'index and configuration agree'
      if (found && detail !== said) {
        const { unconfigured, untrained } = found
        logger.warn({ unconfigured, untrained }, detail)
      }
      said = detail
      return { ok: found === null, detail }
    },
  }
}
