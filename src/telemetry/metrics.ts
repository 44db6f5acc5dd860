// Prometheus metrics on their own registry. Labels are bounded: a route or model that is not configured counts as `other`.
import { collectDefaultMetrics, Registry } from 'prom-client'
import { WORDS_FIRST } from '../core/decide/decide-turn.ts'
import type { Completion, Decision, StageTimings } from '../core/types.ts'
import { ERROR_CATALOGUE } from '../errors.ts'
import { countCompletion, type Labels } from './count-completion.ts'
import { type GaugeSources, registerGauges } from './gauges.ts'
import { createInstruments, type Instruments } from './instruments.ts'

export interface RequestFacts {
  method: string
  /** The pattern that matched (`/v1/models/:id`), never the path itself. */
  path: string
  status: number
  /** Code of the error that it ended in, else null. */
  errorCode: string | null
  durationMs: number
  /** Our own share of the time, null where nothing was routed. */
  overheadMs: number | null
}

export interface EmbeddingFacts {
  /** Configured model id; null for the local encoder. */
  model: string | null
  outcome: 'served' | 'failed' | 'client_closed'
  durationMs: number
  tokens: number
}

export interface Metrics {
  /** Content type of `text()`. */
  readonly contentType: string
  /** All metrics in Prometheus' text format. */
  text(): Promise<string>
  onDecision(decision: Decision): void
  onCompletion(decision: Decision, completion: Completion): void
  onCache(status: 'hit' | 'miss' | 'bypass', route: string): void
  onEmbedding(facts: EmbeddingFacts): void
  /** A vote read off a caller's next turn; `outcome` is `noted`, `dropped` (too many waited) or `failed`. */
  onImplicitVote(kind: string, outcome: string): void
  onRequest(facts: RequestFacts): void
  /** From now on these are configured: a label that is not among them is `other`. */
  setNames(names: { routes: string[]; models: string[] }): void
}

export interface MetricsOptions extends GaugeSources {
  /** Configured route names. */
  routes: string[]
  /** Configured model ids. */
  models: string[]
}

/** Gauges of prom-client with the names of counters, which `promtool check metrics` refuses: sums of those without `_total`. */
const MISNAMED = ['handles', 'requests', 'resources'].map((kind) => `nodejs_active_${kind}_total`)

const OTHER = 'other'
const LOCAL = 'local'
const STAGES: [keyof StageTimings, string][] = [
  ['routingTextMs', 'routing_text'],
  ['conversationMs', 'conversation'],
  ['embedMs', 'embed'],
  ['searchMs', 'search'],
  ['scoreMs', 'score'],
  ['totalMs', 'total'],
]
const METHODS = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

const createLabels = (options: Pick<MetricsOptions, 'routes' | 'models'>): Labels => {
  const among = (names: readonly string[]) => {
    const known = new Set(names)
    return (name: string): string => (known.has(name) ? name : OTHER)
  }
  return {
    route: among(options.routes),
    model: among(options.models),
    code: among(Object.keys(ERROR_CATALOGUE)),
  }
}

const countDecision = (m: Instruments, decision: Decision, labels: Labels): void => {
  const { reason, degradedBy, timings, skipped, confidence } = decision
  const route = labels.route(decision.route)
  m.decisions.inc({ route, reason })
  const policy = decision.selection?.policy ?? 'configured'
  m.choices.inc({ route, model: labels.model(decision.model), policy })
  if (confidence !== null) m.confidence.observe({ route }, confidence)
  if (decision.arm) m.armDecisions.inc({ arm: decision.arm })
  if (degradedBy !== null && degradedBy !== WORDS_FIRST)
    m.degraded.inc({ code: labels.code(degradedBy) })
  if (reason === 'degraded' && decision.threshold !== null) {
    m.byWords.inc({ code: labels.code(degradedBy ?? OTHER) })
  }
  for (const { model, constraint } of skipped) {
    m.skipped.inc({ model: labels.model(model), constraint })
  }
  for (const [stage, label] of STAGES) {
    const ms = timings[stage]
    if (ms !== undefined) m.stages.observe({ stage: label }, ms / 1_000)
  }
}

const countRequest = (m: Instruments, facts: RequestFacts, labels: Labels): void => {
  const { path, status, errorCode, durationMs, overheadMs } = facts
  const method = METHODS.has(facts.method) ? facts.method : OTHER
  m.requests.observe({ method, path, status: String(status) }, durationMs / 1_000)
  if (errorCode !== null) m.errors.inc({ path, code: labels.code(errorCode) })
  if (overheadMs !== null) m.overhead.observe(overheadMs / 1_000)
}

/** Counters and histograms are fed by the `on…` functions; gauges read their sources when scraped. */
export const createMetrics = (options: MetricsOptions): Metrics => {
  const registry = new Registry()
  collectDefaultMetrics({ register: registry })
  for (const name of MISNAMED) registry.removeSingleMetric(name)
  registerGauges(registry, options)
  let labels = createLabels(options)
  const m = createInstruments(registry)
  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    onDecision: (decision) => countDecision(m, decision, labels),
    onCompletion: (decision, completion) => countCompletion(m, { decision, completion }, labels),
    onCache: (status, route) => m.cache.inc({ route: labels.route(route), status }),
    onEmbedding: ({ model, outcome, durationMs, tokens }) => {
      const label = model === null ? LOCAL : labels.model(model)
      m.embeddings.observe({ model: label, outcome }, durationMs / 1_000)
      if (tokens > 0) m.embeddedTokens.inc({ model: label }, tokens)
    },
    onImplicitVote: (kind, outcome) => m.implicitVotes.inc({ kind, outcome }),
    onRequest: (facts) => countRequest(m, facts, labels),
    setNames: (names) => {
      labels = createLabels(names)
    },
  }
}
