// Ended spans on their way to the collector: a bounded queue before OpenTelemetry's own batches. A collector that is slow or
// dead costs spans, which are counted, and never time: nothing waits for an export but the end of the process, for a while.
import { ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import type { Logger } from '../../core/logger.ts'
import type { TracingSettings } from './settings.ts'
import type { SpanStats } from './tracing.ts'

const WARN_EVERY_MS = 60_000
/** How long a collector may keep the end of the process waiting. */
const CLOSE_MS = 2_000

export interface SpanQueueOptions {
  settings: Pick<TracingSettings, 'url' | 'protocol' | 'maxWaiting'>
  logger: Logger
  now: () => number
}

export interface SpanQueue {
  processor: SpanProcessor
  stats(): SpanStats
  close(flush: () => Promise<void>): Promise<void>
}

/** @returns a function that says what was lost, at most once a minute */
const createWarning = ({ logger, now }: SpanQueueOptions) => {
  let warnedAt = Number.NEGATIVE_INFINITY
  return (stats: SpanStats, problem: string): void => {
    if (now() - warnedAt < WARN_EVERY_MS) return
    warnedAt = now()
    logger.warn({ problem, ...stats }, 'spans do not reach the collector; requests go on without')
  }
}

/** What the exporter says of a failure holds the collector's answer: only its kind is logged. */
const problemOf = (error: Error | undefined): string => {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' || typeof code === 'number' ? String(code) : 'export failed'
}

const createExporter = ({ url, protocol }: SpanQueueOptions['settings']): SpanExporter =>
  protocol === 'http/json' ? new JsonExporter({ url }) : new ProtobufExporter({ url })

const counted = (exporter: SpanExporter, stats: SpanStats, warn: (problem: string) => void) => ({
  export: (spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void =>
    exporter.export(spans, (result) => {
      const isTaken = result.code === ExportResultCode.SUCCESS
      stats.waiting -= spans.length
      stats[isTaken ? 'exported' : 'failed'] += spans.length
      if (!isTaken) warn(problemOf(result.error))
      // A failure has been told: the processor would tell it again, to a handler of the whole process.
      done({ code: ExportResultCode.SUCCESS })
    }),
  shutdown: () => exporter.shutdown(),
})

const within = async (ms: number, work: Promise<void>): Promise<void> => {
  let timer: NodeJS.Timeout | undefined
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms)
  })
  await Promise.race([work.catch(() => undefined), timeout])
  clearTimeout(timer)
}

export const createSpanQueue = (options: SpanQueueOptions): SpanQueue => {
  const stats: SpanStats = { exported: 0, failed: 0, dropped: 0, waiting: 0 }
  const warnOfLoss = createWarning(options)
  const warn = (problem: string): void => warnOfLoss(stats, problem)
  const { maxWaiting } = options.settings
  const inner = new BatchSpanProcessor(counted(createExporter(options.settings), stats, warn), {
    maxQueueSize: maxWaiting,
  })
  const processor: SpanProcessor = {
    onStart: (span, context) => inner.onStart(span, context),
    onEnd: (span) => {
      if ((span.spanContext().traceFlags & 1) === 0) return // not sampled
      if (stats.waiting >= maxWaiting) {
        stats.dropped += 1
        warn('queue full')
        return
      }
      stats.waiting += 1
      inner.onEnd(span)
    },
    forceFlush: () => inner.forceFlush(),
    shutdown: () => inner.shutdown(),
  }
  return { processor, stats: () => ({ ...stats }), close: (flush) => within(CLOSE_MS, flush()) }
}
