// State across requests: each target's health, each provider's slots, the retry budget. Built from the configuration; `health()` gives
// it as plain values.
import type { Config } from '../../config/config-schema.ts'
import type { Logger } from '../../core/logger.ts'
import { isLoopbackHost } from '../../core/loopback.ts'
import { createKeyWatch, type KeyWatch } from './key-watch.ts'
import { createModelWatch, type ModelWatch } from './model-watch.ts'
import { createRetryBudget, type RetryBudget } from './retry-budget.ts'
import { createSlots, type Slots } from './slots.ts'
import type { TargetHealth, TargetState } from './target-health.ts'
import { createTargetsHealth, found, isSame } from './targets-health.ts'

export type ResilienceConfig = Pick<Config, 'providers' | 'models' | 'routes' | 'resilience'> & {
  server: Pick<Config['server'], 'host'>
}

export interface Resilience {
  readonly config: ResilienceConfig
  /** Whether a caller may force failures of its own request. */
  readonly allowsForcedFailures: boolean
  readonly budget: RetryBudget
  readonly random: () => number
  /** Monotonic milliseconds. */
  readonly monotonicMs: () => number
  readonly logger: Logger
  /** Health of a configured model id; ids of the same model of the same provider share one. */
  targetHealth(model: string): TargetHealth
  slots(provider: string): Slots
  /** Counts a refused key, and logs it once per provider until a call of it is served again. */
  noteKey(provider: string, isRejected: boolean): void
  readonly keys: KeyWatch
  /** Of this configuration only: another may have fixed the fault. */
  readonly models: ModelWatch
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
  /** Of the previous configuration: the state of unchanged targets and providers is taken over. */
  previous?: Resilience | null
}

export const createResilience = (options: ResilienceOptions): Resilience => {
  const { config, logger, random = Math.random, monotonicMs = () => performance.now() } = options
  const previous = options.previous ?? null
  const budget = previous?.budget ?? createRetryBudget()
  const keys = previous?.keys ?? createKeyWatch(logger)
  const targetHealth = createTargetsHealth({ config, logger, monotonicMs, previous })
  const slots = slotsByProvider(config, previous)
  return {
    config,
    logger,
    random,
    monotonicMs,
    budget,
    allowsForcedFailures:
      config.resilience.allow_forced_failures ?? isLoopbackHost(config.server.host),
    targetHealth,
    slots: (provider) => found(slots.get(provider), provider),
    noteKey: keys.note,
    keys,
    models: createModelWatch(logger),
    health: () => ({
      targets: Object.entries(config.models).map(([model, { provider }]) => ({
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

/** Providers with unchanged limits keep their slots across a reload, because calls under way hold some of them. */
const slotsByProvider = (
  { providers }: ResilienceConfig,
  previous: Resilience | null,
): Map<string, Slots> =>
  new Map(
    Object.entries(providers).map(([provider, { limits }]) => [
      provider,
      previous && isSame(previous.config.providers[provider]?.limits, limits)
        ? previous.slots(provider)
        : createSlots({
            provider,
            maxConcurrent: limits.max_concurrent,
            queueLimit: limits.queue_limit,
            queueTimeoutMs: limits.queue_timeout_ms,
          }),
    ]),
  )
