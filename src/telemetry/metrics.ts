// Prometheus metrics on their own registry. Labels are bounded: a route or model that is not configured counts as `other`.
import { collectDefaultMetrics, Registry } from 'prom-client'
import type { Completion, Decision, StageTimings } from '../core/types.ts'
import { ERROR_CATALOGUE } from '../errors.ts'
import { type GaugeSources, registerGauges } from './gauges.ts'
import { createInstruments, type Instruments } from './instruments.ts'

export interface RequestFacts {
  method: string
  /** The pattern that matched (`/v1/models/:id`), never the path itself. */
  path: string
  status: number
  durationMs: number
  /** Our own share of the time, null where nothing was routed. */
  overheadMs: number | null
}

export interface Metrics {
  /** Content type of `text()`. */
  readonly contentType: string
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>
  onDecision(decision: Decision): void
  onCompletion(decision: Decision, completion: Completion): void
  onCache(status: 'hit' | 'miss' | 'bypass', route: string): void
  onRequest(facts: RequestFacts): void
}

export interface MetricsOptions extends GaugeSources {
  /** Configured route names. */
  routes: string[]
  /** Configured model ids. */
  models: string[]
}

const OTHER = 'other'
const STAGES: [keyof StageTimings, string][] = [
  ['routingTextMs', 'routing_text'],
  ['embedMs', 'embed'],
  ['searchMs', 'search'],
  ['scoreMs', 'score'],
  ['totalMs', 'total'],
]
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

/** Counters and histograms are fed by the `on…` functions; gauges read their sources when scraped. */
export const createMetrics = (options: MetricsOptions): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  registerGauges(registry, options)
  const routes = new Set(options.routes)
  const models = new Set(options.models)
  const known = (names: ReadonlySet<string>, name: string) => (names.has(name) ? name : OTHER)
  const m = createInstruments(registry)
  const modelLabel = (model: string) => known(models, model)
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    onDecision: ({ route, reason, degradedBy, timings }) => {
      m.decisions.inc({ route: known(routes, route), reason })
      if (degradedBy !== null) {
        m.degraded.inc({ code: Object.hasOwn(ERROR_CATALOGUE, degradedBy) ? degradedBy : OTHER })
      }
      for (const [stage, label] of STAGES) {
        const ms = timings[stage]
        if (ms !== undefined) m.stages.observe({ stage: label }, ms / 1_000)
      }
    },
    onCompletion: (_decision, completion) => countCompletion(m, completion, modelLabel),
    onCache: (status, route) => m.cache.inc({ route: known(routes, route), status }),
    onRequest: ({ method, path, status, durationMs, overheadMs }) => {
      const labels = { method: known(METHODS, method), path, status: String(status) }
      m.requests.observe(labels, durationMs / 1_000)
      if (overheadMs !== null) m.overhead.observe(overheadMs / 1_000)
    },
  }
}

const countCompletion = (
  m: Instruments,
  completion: Completion,
  label: (model: string) => string,
): void => {
  const { outcome, attempts, costUsd, firstTokenMs } = completion
  const usage = completion.cache ? null : completion.usage // of a call that was counted when it was made
  const model = label(completion.model)
  for (const attempt of attempts) {
    const ended = attempt.errorCode === null ? outcome : 'failed'
    m.upstream.observe({ model: label(attempt.model), outcome: ended }, attempt.durationMs / 1_000)
  }
  if (firstTokenMs !== null) m.firstToken.observe({ model }, firstTokenMs / 1_000)
  if (usage) {
    m.tokens.inc({ model, kind: 'prompt' }, usage.promptTokens)
    m.tokens.inc({ model, kind: 'completion' }, usage.completionTokens)
  }
  if (costUsd !== null) m.cost.inc({ model }, costUsd)
}
