// The part of signalbox.yaml about storage and observability: the database, logs, traces.
import { z } from 'zod'

export const storageSchema = z.strictObject({
  store_text: z
    .enum(['full', 'hash', 'off'])
    .default('full')
    .describe('What is kept of the routing text: all of it, its sha256, nothing.'),
  flush_interval_ms: z
    .int()
    .positive()
    .default(50)
    .describe('How long decisions are gathered before they are written together.'),
  queue_limit: z
    .int()
    .positive()
    .default(10_000)
    .describe('Decisions that may wait to be written; beyond it they are dropped and counted.'),
  retention_days: z.int().positive().default(90).describe('How long decisions and votes are kept.'),
  evaluation_days: z
    .int()
    .positive()
    .default(365)
    .describe('How long imported outcomes (`signalbox outcomes import`) are kept.'),
  responses_ttl: z
    .string()
    .regex(/^[1-9]\d{0,5} ?[smhd]$/, 'expected a number and s, m, h or d, e.g. 24h')
    .default('24h')
    .describe(
      'How long answers of /v1/responses can be fetched and gone on with, e.g. 90m, 24h, 7d. Kept with store_text: full only.',
    ),
})

const isOrigin = (text: string): boolean => {
  if (!URL.canParse(text)) return false
  const { protocol, origin, href } = new URL(text)
  return /^https?:$/.test(protocol) && href === `${origin}/`
}

const otelSchema = z.strictObject({
  endpoint: z
    .url({ protocol: /^https?$/ })
    .optional()
    .describe(
      'Address of an OpenTelemetry collector, e.g. http://localhost:4318; traces are posted to /v1/traces below it. By default OTEL_EXPORTER_OTLP_TRACES_ENDPOINT or OTEL_EXPORTER_OTLP_ENDPOINT; without any of them no traces are made.',
    ),
  protocol: z
    .enum(['http/protobuf', 'http/json'])
    .optional()
    .describe('How spans are written. By default OTEL_EXPORTER_OTLP_PROTOCOL, else http/protobuf.'),
  service_name: z
    .string()
    .min(1)
    .max(256)
    .optional()
    .describe('service.name of the spans. By default OTEL_SERVICE_NAME, else signalbox.'),
  semconv: z
    .enum(['latest', 'older', 'both'])
    .optional()
    .describe(
      'Names of the GenAI conventions: those of v0.1.0, those of 1.36, or both. By default what OTEL_SEMCONV_STABILITY_OPT_IN says, else latest.',
    ),
  propagate_to: z
    .array(z.string().refine(isOrigin, 'expected an origin, e.g. https://llm.example.com'))
    .max(64)
    .default([])
    .describe(
      'Origins of providers that are sent traceparent and tracestate. No other provider receives them.',
    ),
  routing_text: z
    .boolean()
    .default(false)
    .describe('Whether the span of a decision holds its routing text. No other content is sent.'),
})

export const telemetrySchema = z.strictObject({
  log_level: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least level that is logged.'),
  log_prompts: z
    .boolean()
    .default(false)
    .describe('Whether the line of a routed request holds its routing text.'),
  log_file: z
    .string()
    .min(1)
    .max(1_024)
    .optional()
    .describe(
      'File that log lines are written to as well, in the data folder unless absolute; none by default.',
    ),
  log_file_mb: z
    .int()
    .positive()
    .max(10_240)
    .default(64)
    .describe('Most MB of it: a full one becomes FILE.1 and another begins.'),
  otel: otelSchema.prefault({}).describe('Traces.'),
})
