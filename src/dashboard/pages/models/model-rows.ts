// What is known of each configured model: its price, what it did in the time range, and how its provider does now.
import type { ModelConfig } from '../../../config/config-schema.ts'
import type { TimeQuantiles, UsageSum } from '../../../core/records/usage.ts'
import type { ModelHealth } from '../../request/deps.ts'
import type { Desk } from '../../request/desk.ts'

export interface ModelRow {
  model: string
  settings: ModelConfig
  /** Null for a model that has only been configured. */
  health: ModelHealth | null
  used: UsageSum | null
  firstToken: TimeQuantiles | null
  answer: TimeQuantiles | null
  /** Routes whose lists name it. */
  routes: string[]
}

const byName = <T extends { name: string }>(rows: readonly T[]): Map<string, T> =>
  new Map(rows.map((row) => [row.name, row]))

export const readModels = async ({ deps, range }: Desk): Promise<ModelRow[]> => {
  const { config, store } = deps
  const { grain, fromMs, toMs } = range
  const time = { grain, fromMs, toMs, by: 'model' } as const
  const [used, times] = await Promise.all([
    store.usage(time).then(byName),
    store.usageTimes(time).then(byName),
  ])
  const health = new Map(deps.modelHealth().map((one) => [one.model, one]))
  const rows = Object.entries(config.models).map(
    ([model, settings]): ModelRow => ({
      model,
      settings,
      health: health.get(model) ?? null,
      used: used.get(model) ?? null,
      firstToken: times.get(model)?.firstToken ?? null,
      answer: times.get(model)?.answer ?? null,
      routes: Object.entries(config.routes).flatMap(([route, { models }]) =>
        models.includes(model) ? [route] : [],
      ),
    }),
  )
  return rows.sort((a, b) => (b.used?.requests ?? 0) - (a.used?.requests ?? 0))
}
