// What the overview shows, out of the sums: a handful of reads, none of which touches a decision.
import type {
  UsageDimension,
  UsagePercentiles,
  UsagePoint,
  UsageSum,
} from '../../../core/records/usage.ts'
import type { Desk } from '../../request/desk.ts'

export interface Overview {
  outcomes: UsageSum[]
  routes: UsageSum[]
  models: UsageSum[]
  keys: UsageSum[]
  reasons: UsageSum[]
  points: UsagePoint[]
  /** Of all requests, for the whole time and by step. */
  times: UsagePercentiles[]
  timePoints: UsagePercentiles[]
  routeTimes: UsagePercentiles[]
  modelTimes: UsagePercentiles[]
}

export const readOverview = async ({ deps, range }: Desk): Promise<Overview> => {
  const { store } = deps
  const { grain, fromMs, toMs, stepMs, stepGrain } = range
  const whole = { grain, fromMs, toMs }
  const steps = { grain: stepGrain, fromMs, toMs, stepMs }
  const by = (dimension: UsageDimension) => store.usage({ ...whole, by: dimension })
  const times = (margin: 'all' | 'route' | 'model') =>
    store.usagePercentiles({ ...whole, by: margin, stepMs: null })
  const [outcomes, routes, models, keys, reasons] = await Promise.all(
    (['outcome', 'route', 'model', 'principal', 'reason'] as const).map(by),
  )
  const [all, routeTimes, modelTimes] = await Promise.all(
    (['all', 'route', 'model'] as const).map(times),
  )
  const [points, timePoints] = await Promise.all([
    store.usageSeries(steps),
    store.usagePercentiles({ ...steps, by: 'all' }),
  ])
  return {
    outcomes: outcomes ?? [],
    routes: routes ?? [],
    models: models ?? [],
    keys: keys ?? [],
    reasons: reasons ?? [],
    points,
    times: all ?? [],
    timePoints,
    routeTimes: routeTimes ?? [],
    modelTimes: modelTimes ?? [],
  }
}

export const total = (sums: readonly UsageSum[], of: (sum: UsageSum) => number): number =>
  sums.reduce((all, sum) => all + of(sum), 0)
