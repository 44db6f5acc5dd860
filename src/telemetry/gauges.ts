// Metrics that are read at scrape time: store queue, index generation, encoder, providers.
import { Counter, Gauge, type Registry } from 'prom-client'
import type { LoopStats } from './loop-watch.ts'
import { type OperatorState, registerOperatorGauges } from './operator-gauges.ts'
import type { SpanStats } from './tracing/tracing.ts'
import { registerUpstreamGauges, type UpstreamHealth } from './upstream-gauges.ts'

/** Functions that are called at each scrape; metrics without a function are left out. */
export interface GaugeSources {
  storeStats?: () => {
    queuedDecisions: number
    droppedDecisions: number
    droppedCompletions?: number
    lastError: string | null
  }
  /** Whether the database, or part of it, is lost. */
  storeIsLost?: () => boolean
  /** Number of the live generation, null while none is loaded (shown as 0). */
  indexGeneration?: () => number | null
  /** Numbers by name; those of ENCODER_GAUGES are gauges, all others counters. Names are fixed by the encoder. */
  encoderStats?: () => Record<string, number>
  upstreamHealth?: () => UpstreamHealth
  loopStats?: () => LoopStats
  spanStats?: () => SpanStats
  operatorState?: () => OperatorState
}

const ENCODER_GAUGES: Record<string, string> = {
  waiting: 'Texts that wait for the encoder.',
  entries: 'Embeddings in the cache.',
}

const snakeCase = (name: string): string => name.replace(/[A-Z]/g, (c) => `_${c.toLowerCase()}`)

const createMakers = (registry: Registry) => {
  const registers = [registry]
  const gauge = (name: string, help: string, read: () => number | undefined) =>
    new Gauge({
      name: `signalbox_${name}`,
      help,
      registers,
      collect() {
        this.set(read() ?? 0)
      },
    })
  /** A counter whose value is kept elsewhere. */
  const counter = (name: string, help: string, read: () => number) =>
    new Counter({
      name: `signalbox_${name}`,
      help,
      registers,
      collect() {
        this.reset()
        this.inc(read())
      },
    })
  return { gauge, counter }
}

const registerEncoder = (registry: Registry, stats: () => Record<string, number>): void => {
  const { gauge } = createMakers(registry)
  for (const [stat, help] of Object.entries(ENCODER_GAUGES)) {
    gauge(`encoder_${stat}`, help, () => stats()[stat])
  }
  new Counter({
    name: 'signalbox_encoder_events_total',
    help: 'What the encoder and its cache did.',
    labelNames: ['event'],
    registers: [registry],
    collect() {
      this.reset()
      for (const [event, count] of Object.entries(stats())) {
        if (!(event in ENCODER_GAUGES)) this.inc({ event: snakeCase(event) }, count)
      }
    },
  })
}

const registerLoop = (registry: Registry, stats: () => LoopStats): void => {
  const { gauge, counter } = createMakers(registry)
  counter('loop_stops_total', 'Times the event loop stood still for over 250 ms.', () => {
    return stats().stops
  })
  gauge('loop_lag_seconds', 'How late the last tick of the event loop came.', () => {
    return stats().lagMs / 1_000
  })
  gauge(
    'shedding',
    '1 while new work is refused because the event loop keeps standing still.',
    () => {
      return stats().isShedding ? 1 : 0
    },
  )
  counter('shed_requests_total', 'Requests refused while shedding.', () => stats().shedRequests)
}

const SPAN_OUTCOMES = ['exported', 'failed', 'dropped'] as const

const registerSpans = (registry: Registry, stats: () => SpanStats): void => {
  createMakers(registry).gauge('trace_spans_waiting', 'Spans that wait for the collector.', () => {
    return stats().waiting
  })
  new Counter({
    name: 'signalbox_trace_spans_total',
    help: 'Ended spans: exported, failed at the collector, or dropped as the queue was full.',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset()
      for (const outcome of SPAN_OUTCOMES) this.inc({ outcome }, stats()[outcome])
    },
  })
}

export const registerGauges = (registry: Registry, sources: GaugeSources): void => {
  const { storeStats, storeIsLost, indexGeneration } = sources
  const { encoderStats, upstreamHealth, loopStats, spanStats, operatorState } = sources
  const { gauge, counter } = createMakers(registry)
  if (storeStats) {
    gauge('store_queued_decisions', 'Decisions not yet committed.', () => {
      return storeStats().queuedDecisions
    })
    counter('store_dropped_decisions_total', 'Decisions lost to a full queue.', () => {
      return storeStats().droppedDecisions
    })
    counter('store_dropped_completions_total', 'Completions lost to a full queue.', () => {
      return storeStats().droppedCompletions ?? 0
    })
    gauge('store_writable', '1 while writes succeed, else 0.', () => {
      return storeStats().lastError === null ? 1 : 0
    })
  }
  if (storeIsLost) {
    gauge('store_lost', '1 while the loss of the database is not dealt with, else 0.', () => {
      return storeIsLost() ? 1 : 0
    })
  }
  if (indexGeneration) {
    gauge('index_generation', 'Live index generation, 0 while none is.', () => {
      return indexGeneration() ?? 0
    })
  }
  if (encoderStats) registerEncoder(registry, encoderStats)
  if (loopStats) registerLoop(registry, loopStats)
  if (spanStats) registerSpans(registry, spanStats)
  if (operatorState) registerOperatorGauges(registry, operatorState)
  if (upstreamHealth) registerUpstreamGauges(registry, upstreamHealth)
}
