// Prometheus metrics on their own registry. Labels are bounded: a route or model that is not configured counts as `other`.
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client'
import type { Completion, Decision, StageTimings } from '../core/types.ts'
import { ERROR_CATALOGUE } from '../errors.ts'
import { type GaugeSources, registerGauges } from './gauges.ts'

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
  onRequest(facts: RequestFacts): void
}

export interface MetricsOptions extends GaugeSources {
  /** Configured route names. */
  routes: string[]
  /** Configured model ids. */
  models: string[]
}

const OTHER = 'other'
const FAST_SECONDS = [0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1]
const SLOW_SECONDS = [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120]
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
  const m = instruments(registry)
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
    onCompletion: (
      _decision,
      { outcome, model: served, attempts, usage, costUsd, firstTokenMs },
    ) => {
      const model = known(models, served)
      for (const attempt of attempts) {
        const ended = attempt.errorCode === null ? outcome : 'failed'
        const labels = { model: known(models, attempt.model), outcome: ended }
        m.upstream.observe(labels, attempt.durationMs / 1_000)
      }
      if (firstTokenMs !== null) m.firstToken.observe({ model }, firstTokenMs / 1_000)
      if (usage) {
        m.tokens.inc({ model, kind: 'prompt' }, usage.promptTokens)
        m.tokens.inc({ model, kind: 'completion' }, usage.completionTokens)
      }
      if (costUsd !== null) m.cost.inc({ model }, costUsd)
    },
    onRequest: ({ method, path, status, durationMs, overheadMs }) => {
      const labels = { method: known(METHODS, method), path, status: String(status) }
      m.requests.observe(labels, durationMs / 1_000)
      if (overheadMs !== null) m.overhead.observe(overheadMs / 1_000)
    },
  }
}

const instruments = (registry: Registry) => {
  const registers = [registry]
  const counter = <L extends string>(name: string, help: string, labelNames: L[]) =>
    new Counter({ name: `signalbox_${name}`, help, labelNames, registers })
  const histogram = <L extends string>(
    name: string,
    help: string,
    labelNames: L[],
    buckets: number[],
  ) => new Histogram({ name: `signalbox_${name}`, help, labelNames, buckets, registers })
  return {
    decisions: counter('decisions_total', 'Decisions, dry runs included.', ['route', 'reason']),
    degraded: counter('degraded_total', 'Decisions that fell back to the default route.', ['code']),
    stages: histogram('decision_stage_seconds', 'Stages of a decision.', ['stage'], FAST_SECONDS),
    requests: histogram(
      'request_seconds',
      'Requests until their last byte.',
      ['method', 'path', 'status'],
      SLOW_SECONDS,
    ),
    overhead: histogram('overhead_seconds', 'Our own time in routed requests.', [], FAST_SECONDS),
    upstream: histogram(
      'upstream_seconds',
      'Attempts until their answer or, for streams, their first content.',
      ['model', 'outcome'],
      SLOW_SECONDS,
    ),
    firstToken: histogram(
      'first_token_seconds',
      'From request to the first content byte.',
      ['model'],
      SLOW_SECONDS,
    ),
    tokens: counter('tokens_total', 'Tokens used.', ['model', 'kind']),
    cost: counter('cost_usd_total', 'Cost of answers of known price, in USD.', ['model']),
  }
}
