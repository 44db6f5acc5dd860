// What the generation that serves has learned of models: estimates by route, and the curve of cost and quality with its target.

import { policyOf } from '../../../config/schema/select-schema.ts'
import { unseenOf } from '../../../core/outcomes/learned-outcomes.ts'
import { columnMeans } from '../../../core/outcomes/outcome-table.ts'
import {
  type TuneReport,
  type TuneTarget,
  tuneRoute,
} from '../../../training/outcomes/tune-route.ts'
import type { DashboardDeps } from '../../request/deps.ts'

export interface RouteOutcomes {
  route: string
  /** False where the route does not choose by them: the curve is what it could reach. */
  isChoosing: boolean
  tune: TuneReport
  estimates: ModelEstimate[]
}

export interface ModelEstimate {
  model: string
  /** Means over held-out prompts: estimated and true quality, and USD a prompt. */
  estimated: number
  quality: number
  costUsd: number
  /** Share of the prompts at the target. */
  share: number
}

/** As `signalbox tune` takes it where nobody says more. */
const DEFAULT_TARGET: TuneTarget = { quality: 0.98 }

const estimatesOf = (
  learned: NonNullable<ReturnType<typeof unseenOf>>,
  tune: TuneReport,
): ModelEstimate[] => {
  const estimated = columnMeans(learned.estimates.quality)
  const quality = columnMeans(learned.table.scores)
  const costs = columnMeans(learned.table.costs)
  return learned.table.models.map((model, i) => ({
    model,
    estimated: estimated[i] ?? 0,
    quality: quality[i] ?? 0,
    costUsd: costs[i] ?? 0,
    share: tune.share[model] ?? 0,
  }))
}

/** Routes of which outcomes know at least two models, those that choose by them first. */
export const routesWithOutcomes = ({ config, live }: DashboardDeps): string[] => {
  const known = live()?.outcomes?.models ?? []
  const isChoosing = (route: string): boolean => {
    const settings = config.routes[route]
    return settings !== undefined && policyOf(settings.select).settings.target !== null
  }
  return Object.entries(config.routes)
    .filter(([, { models }]) => models.filter((name) => known.includes(name)).length >= 2)
    .map(([route]) => route)
    .sort((a, b) => Number(isChoosing(b)) - Number(isChoosing(a)))
}

/** One route at a time: a curve takes some ten milliseconds of the loop. */
export const readOutcomes = (
  { config, live }: DashboardDeps,
  route: string,
): RouteOutcomes | null => {
  const learned = live()?.outcomes
  const settings = config.routes[route]
  if (!learned || !settings) return null
  const unseen = unseenOf(learned, { route, models: settings.models })
  if (unseen === null) return null
  const { target } = policyOf(settings.select).settings
  const wanted = target !== null && 'quality' in target ? target : DEFAULT_TARGET
  const tune = tuneRoute(config, learned, { route, target: wanted })
  return { route, isChoosing: target !== null, tune, estimates: estimatesOf(unseen, tune) }
}
