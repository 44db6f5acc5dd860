// Traces of requests, as the rest of the server sees them. What makes them is loaded here, and only where traces are asked
// for: a server without them imports nothing of OpenTelemetry.
import type { Logger } from '../../core/logger.ts'
import type { RequestTrace } from '../../core/trace.ts'
import type { Completion, Decision } from '../../core/types.ts'
import type { TracingChoice } from './settings.ts'

export interface TracedProvider {
  /** As the GenAI conventions call it. */
  system: string
  /** Null for one that is not called over a network. */
  origin: string | null
}

/** By name in the configuration. */
export type TracedProviders = Readonly<Record<string, TracedProvider>>

export interface BegunRequest {
  method: string
  /** Value of a header of the caller's: of `traceparent` and `tracestate`. */
  header: (name: string) => string | undefined
  providers: TracedProviders
}

export interface EndedRequest {
  method: string
  /** The pattern that matched, never the path itself. */
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

/** Spans by what became of them; `waiting` are those of now. */
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
  /** Sends what waits, for no longer than the collector may keep a shutdown waiting. */
  close(): Promise<void>
}

export interface TracingOptions {
  choice: TracingChoice
  version: string
  logger: Logger
  /** Epoch milliseconds, fractional. */
  now: () => number
}

/** Null where no traces are asked for, or none can be made: that is logged, and keeps no server from starting. */
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
