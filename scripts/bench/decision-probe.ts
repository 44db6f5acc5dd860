// Measures the decision that the server makes: the same pipeline, metrics and database, without HTTP before it and
// without a provider behind it.
import type { Config } from '../../src/config/config-schema.ts'
import type { Decision } from '../../src/core/types.ts'
import type { Classify } from '../../src/routing/classify.ts'
import type { Store } from '../../src/store/store.ts'
import { createMetrics } from '../../src/telemetry/metrics.ts'
import { askFor, createBenchPipeline } from './bench-pipeline.ts'

export const STAGES = [
  'routing text',
  'embed',
  'search',
  'score and decide',
  'store enqueue',
  'whole decision',
] as const

/** Milliseconds of each stage of one decision. */
export type StageTimes = Record<(typeof STAGES)[number], number>

export interface DecisionProbe {
  /** @throws Error where the decision was degraded or saw another text: its times would mean nothing. */
  measure(prompt: string): Promise<StageTimes>
}

/** A long prompt is read at both ends only: that is part of the way that is measured. */
const assertRouted = ({ degradedBy, routingText }: Decision, prompt: string): void => {
  if (degradedBy) throw new Error(`a decision was degraded by ${degradedBy}`)
  const isWhole = routingText.text === prompt || routingText.flags.includes('long')
  if (!isWhole) throw new Error('a prompt was cut or changed')
}

/** Of the server's pipeline. */
export const createDecisionProbe = (deps: {
  config: Config
  classify: Classify
  store: Store
}): DecisionProbe => {
  const { store } = deps
  let enqueueMs = 0
  const recordDecision: Store['recordDecision'] = (decision, outcome) => {
    const from = performance.now()
    store.recordDecision(decision, outcome)
    enqueueMs = performance.now() - from
  }
  // Gauges are read only when scraped, and nothing scrapes.
  const { onDecision } = createMetrics({
    routes: Object.keys(deps.config.routes),
    models: Object.keys(deps.config.models),
    storeStats: store.stats,
    indexGeneration: () => null,
    encoderStats: () => ({}),
  })
  const pipeline = createBenchPipeline({ ...deps, store: { recordDecision }, onDecision })
  return {
    measure: async (prompt) => {
      const request = askFor(prompt)
      const from = performance.now()
      const decision = await pipeline.route(request)
      const whole = performance.now() - from
      assertRouted(decision, prompt)
      const { routingTextMs = 0, embedMs = 0, searchMs = 0, totalMs } = decision.timings
      return {
        'routing text': routingTextMs,
        embed: embedMs,
        search: searchMs,
        'score and decide': totalMs - routingTextMs - embedMs - searchMs,
        'store enqueue': enqueueMs,
        'whole decision': whole,
      }
    },
  }
}
