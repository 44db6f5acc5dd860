// What outlives a request: each target's health, each provider's places, the retry budget; built from the configuration
// once, and shown as plain values by `health()`.
import type { Config, ModelConfig, ProviderConfig } from '../../config/config-schema.ts'
import type { Logger } from '../../core/logger.ts'
import { isLoopbackHost } from '../../core/loopback.ts'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'
import { createSlots, type Slots } from './slots.ts'
import { createTargetHealth, type TargetHealth, type TargetState } from './target-health.ts'

export type ResilienceConfig = Pick<Config, 'providers' | 'models' | 'routes' | 'resilience'> & {
  server: Pick<Config['server'], 'host'>
}

export interface Resilience {
  readonly config: ResilienceConfig
  /** Whether a caller may force failures of its own request. */
  readonly allowsForcedFailures: boolean
  readonly budget: RetryBudget
  readonly random: () => number
  /** Milliseconds that never jump. */
  readonly monotonicMs: () => number
  readonly logger: Logger
  /** Of a configured model id; ids that stand for the same model of the same provider share one. */
  targetHealth(model: string): TargetHealth
  slots(provider: string): Slots
  /** Counts a refused key, and says so once per provider until a call of it is served again. */
  noteKey(provider: string, isRejected: boolean): void
  readonly keys: KeyWatch
  health(): UpstreamHealth
}

/** Plain values, for metrics and readiness. */
export interface UpstreamHealth {
  targets: ({ provider: string; model: string } & TargetState)[]
  providers: ProviderState[]
  inFlight: number
  retrying: number
}

export interface ProviderState {
  provider: string
  active: number
  queued: number
  /** True from a refused key until the next served call. */
  isKeyRejected: boolean
  keyRejections: number
}

export interface ResilienceOptions {
  config: ResilienceConfig
  logger: Logger
  monotonicMs?: () => number
  /** 0 ≤ x < 1. */
  random?: () => number
  /** Of the configuration before: what it knows of targets and providers that did not change is taken over. */
  previous?: Resilience | null
}

export const createResilience = (options: ResilienceOptions): Resilience => {
  const { config, logger, random = Math.random, monotonicMs = () => performance.now() } = options
  const { models, providers, resilience } = config
  const previous = options.previous ?? null
  const health = previous ? keptHealth(previous, config) : new Map<string, TargetHealth>()
  const budget = previous?.budget ?? createRetryBudget()
  const keys = previous?.keys ?? createKeyWatch(logger)
  const slots = new Map(
    Object.entries(providers).map(([provider, { limits }]) => [
      provider,
      keptSlots(previous, provider, limits) ??
        createSlots({
          provider,
          maxConcurrent: limits.max_concurrent,
          queueLimit: limits.queue_limit,
          queueTimeoutMs: limits.queue_timeout_ms,
        }),
    ]),
  )
  const targetHealth = (model: string): TargetHealth => {
    const { provider } = found(models[model], model)
    const key = healthKey(models[model] as ModelConfig)
    const known = health.get(key)
    if (known) return known
    const created = createTargetHealth({
      failures: resilience.breaker_failures,
      openMs: resilience.breaker_open_ms,
      maxOpenMs: Math.max(resilience.breaker_open_ms, resilience.breaker_max_open_ms),
      monotonicMs,
      onChange: (breaker, openMs) =>
        logger.warn({ provider, model, breaker, openMs }, 'breaker changed'),
    })
    health.set(key, created)
    return created
  }
  const slotsOf = (provider: string): Slots => found(slots.get(provider), provider)
  return {
    config,
    logger,
    random,
    monotonicMs,
    budget,
    allowsForcedFailures: resilience.allow_forced_failures ?? isLoopbackHost(config.server.host),
    targetHealth,
    slots: slotsOf,
    noteKey: keys.note,
    keys,
    health: () => ({
      targets: Object.entries(models).map(([model, { provider }]) => ({
        provider,
        model,
        ...targetHealth(model).view(),
      })),
      providers: [...slots].map(([provider, { active, queued }]) => ({
        provider,
        active,
        queued,
        ...keys.view(provider),
      })),
      inFlight: budget.inFlight,
      retrying: budget.retrying,
    }),
  }
}

const found = <T>(value: T | undefined, name: string): T => {
  if (value === undefined) throw new Error(`The configuration has no ${name}.`)
  return value
}

const healthKey = ({ provider, name }: ModelConfig): string => JSON.stringify([provider, name])

/** Health of the targets whose provider is what it was, where breakers are built as they were. */
const keptHealth = (previous: Resilience, config: ResilienceConfig): Map<string, TargetHealth> => {
  const { config: old } = previous
  const breakerOf = ({ resilience: r }: ResilienceConfig) =>
    [r.breaker_failures, r.breaker_open_ms, r.breaker_max_open_ms].join()
  if (breakerOf(old) !== breakerOf(config)) return new Map()
  return new Map(
    Object.entries(old.models)
      .filter(([, { provider }]) => isSame(old.providers[provider], config.providers[provider]))
      .map(([model, entry]) => [healthKey(entry), previous.targetHealth(model)]),
  )
}

/** Calls under way hold their places in the old ones: the limit holds across a reload where it did not change. */
const keptSlots = (
  previous: Resilience | null,
  provider: string,
  limits: ProviderConfig['limits'],
): Slots | null =>
  previous && isSame(previous.config.providers[provider]?.limits, limits)
    ? previous.slots(provider)
    : null

// Both are what the schema made, whose keys stand in its own order.
const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

export type KeyWatch = ReturnType<typeof createKeyWatch>

const createKeyWatch = (logger: Logger) => {
  const rejections = new Map<string, number>()
  const rejected = new Set<string>()
  return {
    note: (provider: string, isRejected: boolean): void => {
      if (!isRejected) return void rejected.delete(provider)
      rejections.set(provider, (rejections.get(provider) ?? 0) + 1)
      if (rejected.has(provider)) return
      rejected.add(provider)
      logger.error({ provider }, 'the provider refuses its key; calls to it fail over')
    },
    view: (provider: string) => ({
      isKeyRejected: rejected.has(provider),
      keyRejections: rejections.get(provider) ?? 0,
    }),
  }
}
