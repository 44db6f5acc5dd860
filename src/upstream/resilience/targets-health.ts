// The health of every target by configured model. Ids of the same model of the same provider share one; a reload keeps it where neither
// the provider nor the breakers' limits changed.
import type { Config, ModelConfig } from '../../config/config-schema.ts'
import type { Logger } from '../../core/logger.ts'
import { createTargetHealth, type TargetHealth } from './target-health.ts'

type HealthConfig = Pick<Config, 'providers' | 'models' | 'resilience'>

type HealthOf = (model: string) => TargetHealth

export interface TargetsHealthOptions {
  config: HealthConfig
  logger: Logger
  monotonicMs: () => number
  /** Of the previous configuration. */
  previous: { config: HealthConfig; targetHealth: HealthOf } | null
}

export const createTargetsHealth = (options: TargetsHealthOptions): HealthOf => {
  const { models } = options.config
  const known = keptHealth(options)
  return (model) => {
    const entry = found(models[model], model)
    const key = healthKey(entry)
    const health = known.get(key) ?? newHealth(options, model, entry.provider)
    known.set(key, health)
    return health
  }
}

const newHealth = (
  { config, logger, monotonicMs }: TargetsHealthOptions,
  model: string,
  provider: string,
): TargetHealth => {
  const { breaker_failures: failures, breaker_open_ms: openMs } = config.resilience
  return createTargetHealth({
    failures,
    openMs,
    maxOpenMs: Math.max(openMs, config.resilience.breaker_max_open_ms),
    monotonicMs,
    onChange: (breaker, ms) =>
      logger.warn({ provider, model, breaker, openMs: ms }, 'breaker changed'),
  })
}

const keptHealth = ({ config, previous }: TargetsHealthOptions): Map<string, TargetHealth> => {
  if (previous === null || breakerLimits(previous.config) !== breakerLimits(config)) {
    return new Map()
  }
  const { models, providers } = previous.config
  return new Map(
    Object.entries(models)
      .filter(([, { provider }]) => isSame(providers[provider], config.providers[provider]))
      .map(([model, entry]) => [healthKey(entry), previous.targetHealth(model)]),
  )
}

const breakerLimits = ({ resilience: r }: HealthConfig): string =>
  [r.breaker_failures, r.breaker_open_ms, r.breaker_max_open_ms].join()

const healthKey = ({ provider, name }: ModelConfig): string => JSON.stringify([provider, name])

/** Whether two parts of configurations are equal; the schema made both, and writes keys in one order. */
export const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** @throws Error where the configuration has no such name */
export const found = <T>(value: T | undefined, name: string): T => {
  if (value === undefined) throw new Error(`The configuration has no ${name}.`)
  return value
}
