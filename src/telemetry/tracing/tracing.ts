// The interface of tracing. The implementation is only loaded where tracing is on: a server without it imports nothing of OpenTelemetry.
import type { Logger } from '../../core/logger.ts'
import type { RequestTrace } from '../../core/trace.ts'
import type { Completion, Decision } from '../../core/types.ts'
import type { TracingChoice } from './settings.ts'

export interface TracedProvider {
  /** Name in the GenAI conventions. */
  system: string
  /** Null for a provider without a network address. */
  origin: string | null
}

/** By provider name. */
export type TracedProviders = Readonly<Record<string, TracedProvider>>

export interface BegunRequest {
  method: string
  /** Value of the caller's header `traceparent` or `tracestate`. */
  header: (name: string) => string | undefined
  providers: TracedProviders
}

export interface EndedRequest {
  method: string
  /** The matched pattern, never the path itself. */
  path: string
  status: number
  errorCode: string | null
  requestId: string
  /** Null where nothing was routed. */
  decision: Decision | null
  /** Null for a dry run. */
  completion: Completion | null
}

export interface ServerTrace extends RequestTrace {
  readonly traceId: string
  end(request: EndedRequest): void
}

/** Numbers of spans by outcome; `waiting` is the current queue. */
export interface SpanStats {
  exported: number
  /** The collector did not take them. */
  failed: number
  /** The queue was full. */
  dropped: number
  waiting: number
}

export interface Tracing {
  begin(request: BegunRequest): ServerTrace
  stats(): SpanStats
  /** Exports the queue, within the limit for the shutdown. */
  close(): Promise<void>
}

export interface TracingOptions {
  choice: TracingChoice
  version: string
  logger: Logger
  /** Epoch milliseconds, fractional. */
  now: () => number
}

/** Null where tracing is off or cannot be started, which is logged and does not prevent the server's start. */
export const openTracing = async ({
  choice,
  ...options
}: TracingOptions): Promise<Tracing | null> => {
  const { logger } = options
  const { settings, problem } = choice
  if (problem !== null) logger.warn({ problem }, 'no traces are made')
  if (settings === null) return null
  try {
    const { createOtelTracing } = await import('./otel-tracing.ts')
    const tracing = createOtelTracing({ ...options, settings })
    const { url, protocol } = settings
    logger.info({ collector: new URL(url).origin, protocol }, 'traces are sent to a collector')
    return tracing
  } catch (error) {
    logger.warn({ err: error }, 'no traces are made')
    return null
  }
}
