// Creates OpenTelemetry spans; the only file that does. Each span gets its parent explicitly instead of by context propagation, so that
// untraced requests cost nothing and no asynchronous hooks are needed.
import {
  type Context,
  ROOT_CONTEXT,
  type Span,
  SpanKind,
  SpanStatusCode,
  type Tracer,
  trace,
} from '@opentelemetry/api'
import { W3CTraceContextPropagator } from '@opentelemetry/core'
import { detectResources, envDetector, resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import type { Logger } from '../../core/logger.ts'
import type { AttemptEnd, AttemptTrace, TracedCall } from '../../core/trace.ts'
import { attemptAttributes, completionAttributes, usageAttributes } from './attributes.ts'
import { addRouteSpans } from './route-spans.ts'
import type { TracingSettings } from './settings.ts'
import { createSpanQueue } from './span-queue.ts'
import type {
  BegunRequest,
  EndedRequest,
  ServerTrace,
  TracedProviders,
  Tracing,
} from './tracing.ts'

export interface OtelTracingOptions {
  settings: TracingSettings
  version: string
  logger: Logger
  now: () => number
}

interface Making {
  tracer: Tracer
  settings: TracingSettings
  now: () => number
}

const propagator = new W3CTraceContextPropagator()

const readHeader = {
  keys: () => ['traceparent', 'tracestate'],
  get: (header: BegunRequest['header'], name: string) => header(name),
}
const writeHeader = {
  set: (headers: Record<string, string>, name: string, value: string) => {
    headers[name] = value
  },
}

const contextHeaders = (context: Context): Record<string, string> => {
  const headers: Record<string, string> = {}
  propagator.inject(context, headers, writeHeader)
  return headers
}

const fail = (span: Span, errorCode: string): void => {
  span.setAttribute('error.type', errorCode)
  span.setStatus({ code: SpanStatusCode.ERROR })
}

const endAttempt = (span: Span, end: AttemptEnd, { settings, now }: Making): void => {
  if (end.status !== null) span.setAttribute('http.response.status_code', end.status)
  if (end.usage) span.setAttributes(usageAttributes(end.usage, settings.semconv))
  if (end.errorCode !== null) fail(span, end.errorCode)
  span.end(now())
}

const beginAttempt = (
  call: TracedCall,
  { context, providers }: { context: Context; providers: TracedProviders },
  making: Making,
): AttemptTrace => {
  const { tracer, settings, now } = making
  const { semconv, propagateTo } = settings
  const { system = call.provider, origin = null } = providers[call.provider] ?? {}
  const startTime = now()
  const attributes = attemptAttributes(call, { system, semconv })
  const name = `${call.operation} ${call.upstreamName}`
  const span = tracer.startSpan(name, { kind: SpanKind.CLIENT, startTime, attributes }, context)
  const isTold = origin !== null && propagateTo.has(origin)
  return {
    headers: isTold ? contextHeaders(trace.setSpan(context, span)) : {},
    firstChunk: () => {
      if (semconv === 'older') return
      span.setAttribute('gen_ai.response.time_to_first_chunk', (now() - startTime) / 1_000)
    },
    end: (end) => endAttempt(span, end, making),
  }
}

const endRequest = (span: Span, context: Context, { request, making }: EndOptions): void => {
  const { method, path, status, errorCode, decision, completion } = request
  const { settings, tracer, now } = making
  if (decision) addRouteSpans(decision, { tracer, context, ...settings })
  span.updateName(`${method} ${path}`)
  span.setAttributes({
    'http.route': path,
    'http.response.status_code': status,
    'signalbox.request.id': request.requestId,
    ...(completion && completionAttributes(completion)),
  })
  // An error of the caller's request is not a server error.
  if (errorCode !== null && status >= 500) fail(span, errorCode)
  else if (errorCode !== null) span.setAttribute('signalbox.error', errorCode)
  span.end(now())
}

interface EndOptions {
  request: EndedRequest
  making: Making
}

const beginRequest = ({ method, header, providers }: BegunRequest, making: Making): ServerTrace => {
  const parent = propagator.extract(ROOT_CONTEXT, header, readHeader)
  const span = making.tracer.startSpan(
    method,
    {
      kind: SpanKind.SERVER,
      startTime: making.now(),
      attributes: { 'http.request.method': method },
    },
    parent,
  )
  const context = trace.setSpan(parent, span)
  return {
    traceId: span.spanContext().traceId,
    attempt: (call) => beginAttempt(call, { context, providers }, making),
    end: (request) => endRequest(span, context, { request, making }),
  }
}

export const createOtelTracing = (options: OtelTracingOptions): Tracing => {
  const { settings, version, logger, now } = options
  const { serviceName } = settings
  const queue = createSpanQueue({ settings, logger, now })
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'signalbox', 'service.version': version })
      .merge(detectResources({ detectors: [envDetector] }))
      .merge(resourceFromAttributes(serviceName ? { 'service.name': serviceName } : {})),
    spanProcessors: [queue.processor],
  })
  const making = { tracer: provider.getTracer('signalbox', version), settings, now }
  return {
    begin: (request) => beginRequest(request, making),
    stats: queue.stats,
    close: () => queue.close(() => provider.shutdown()),
  }
}
