// A bounded queue of ended spans before OpenTelemetry's own batches. A slow or dead collector costs spans, which are counted, but no time:
// only the shutdown of the process waits for an export, briefly.
import { ExportResultCode } from '@opentelemetry/core'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPExporterBase } from '@opentelemetry/otlp-exporter-base'
import {
  convertLegacyHttpOptions,
  createOtlpHttpExportDelegate,
} from '@opentelemetry/otlp-exporter-base/node-http'
import {
  ProtobufTraceSerializer,
  TraceExporterMetricsHelper,
} from '@opentelemetry/otlp-transformer'
import {
  BatchSpanProcessor,
  type ReadableSpan,
  type SpanExporter,
  type SpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import type { Logger } from '../../core/logger.ts'
import type { TracingSettings } from './settings.ts'
import { createTraceBytes } from './trace-bytes.ts'
import type { SpanStats } from './tracing.ts'

const WARN_EVERY_MS = 60_000
/** Longest wait for the collector at shutdown. */
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

/** @returns a function that logs losses, at most once a minute */
const createWarning = ({ logger, now }: SpanQueueOptions) => {
  let warnedAt = Number.NEGATIVE_INFINITY
  return (stats: SpanStats, problem: string): void => {
    if (now() - warnedAt < WARN_EVERY_MS) return
    warnedAt = now()
    logger.warn({ problem, ...stats }, 'spans do not reach the collector; requests go on without')
  }
}

/** Only the kind of a failure is logged: the exporter's message contains the collector's answer. */
const problemOf = (error: Error | undefined): string => {
  const { code } = (error ?? {}) as { code?: unknown }
  return typeof code === 'string' || typeof code === 'number' ? String(code) : 'export failed'
}

const createProtobufExporter = (url: string): SpanExporter => {
  const headers = { 'Content-Type': 'application/x-protobuf' }
  const options = convertLegacyHttpOptions({ url }, 'TRACES', 'v1/traces', headers)
  const { deserializeResponse } = ProtobufTraceSerializer
  const serializer = { serializeRequest: createTraceBytes(), deserializeResponse }
  return new OTLPExporterBase(
    createOtlpHttpExportDelegate(
      options,
      serializer,
      'otlp_http_span_exporter',
      TraceExporterMetricsHelper,
      undefined,
    ),
  )
}

const createExporter = ({ url, protocol }: SpanQueueOptions['settings']): SpanExporter =>
  protocol === 'http/json' ? new JsonExporter({ url }) : createProtobufExporter(url)

const counted = (exporter: SpanExporter, stats: SpanStats, warn: (problem: string) => void) => ({
  export: (spans: ReadableSpan[], done: Parameters<SpanExporter['export']>[1]): void =>
    exporter.export(spans, (result) => {
      const isTaken = result.code === ExportResultCode.SUCCESS
      stats.waiting -= spans.length
      stats[isTaken ? 'exported' : 'failed'] += spans.length
      if (!isTaken) warn(problemOf(result.error))
      // The failure was logged already; the processor would also report it to a process-wide handler.
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
