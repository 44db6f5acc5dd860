// Tracing settings from the configuration and the standard OTEL_ variables; the configuration takes precedence. Sampling, batching,
// headers, timeout, compression and certificates of the exporter are read from OTEL_ variables by the SDK.

/** Which names of the GenAI conventions: those of v0.1.0 of their own repository, those of 1.36 and before, or both. */
export type Semconv = 'latest' | 'older' | 'both'

export interface OtelConfig {
  endpoint?: string | undefined
  protocol?: 'http/protobuf' | 'http/json' | undefined
  service_name?: string | undefined
  semconv?: Semconv | undefined
  propagate_to: string[]
  routing_text: boolean
}

export interface TracingSettings {
  /** URL of the collector. */
  url: string
  protocol: 'http/protobuf' | 'http/json'
  /** Undefined: OTEL_SERVICE_NAME says, or OTEL_RESOURCE_ATTRIBUTES, or it is `signalbox`. */
  serviceName: string | undefined
  semconv: Semconv
  /** Origins of providers that get trace headers. */
  propagateTo: ReadonlySet<string>
  /** Whether the route's span contains the routing text. */
  hasRoutingText: boolean
  /** Most spans in the queue, including those being sent. */
  maxWaiting: number
}

/** `settings` null: no traces; `problem` says why where they were asked for. */
export interface TracingChoice {
  settings: TracingSettings | null
  problem: string | null
}

type Env = Record<string, string | undefined>

const OFF: TracingChoice = { settings: null, problem: null }

const off = (problem: string): TracingChoice => ({ settings: null, problem })

/** An empty variable counts as unset. */
const read = (env: Env, name: string): string | undefined => env[name]?.trim() || undefined

/** Under an endpoint of all signals each has its path; one of traces alone is taken as it is. */
const urlOf = (config: OtelConfig, env: Env): string | undefined => {
  const base = (endpoint: string): string => `${endpoint.replace(/\/$/, '')}/v1/traces`
  if (config.endpoint) return base(config.endpoint)
  const ofTraces = read(env, 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT')
  const ofAll = read(env, 'OTEL_EXPORTER_OTLP_ENDPOINT')
  return ofTraces ?? (ofAll === undefined ? undefined : base(ofAll))
}

const protocolOf = (config: OtelConfig, env: Env): string =>
  config.protocol ??
  read(env, 'OTEL_EXPORTER_OTLP_TRACES_PROTOCOL') ??
  read(env, 'OTEL_EXPORTER_OTLP_PROTOCOL') ??
  'http/protobuf'

/** The conventions name one value; `/dup` is how others of their values ask for the names of before besides. */
const semconvOf = (config: OtelConfig, env: Env): Semconv => {
  if (config.semconv) return config.semconv
  const values = (read(env, 'OTEL_SEMCONV_STABILITY_OPT_IN') ?? '').split(',')
  return values.some((value) => value.trim() === 'gen_ai_latest_experimental/dup')
    ? 'both'
    : 'latest'
}

const MAX_WAITING = 2_048

const maxWaitingOf = (env: Env): number => {
  const value = Number(read(env, 'OTEL_BSP_MAX_QUEUE_SIZE'))
  return Number.isInteger(value) && value > 0 ? value : MAX_WAITING
}

export const tracingSettings = (config: OtelConfig, env: Env): TracingChoice => {
  const url = urlOf(config, env)
  if (url === undefined || read(env, 'OTEL_SDK_DISABLED')?.toLowerCase() === 'true') return OFF
  const exporter = read(env, 'OTEL_TRACES_EXPORTER') ?? 'otlp'
  if (exporter === 'none') return OFF
  if (exporter !== 'otlp') {
    return off(`OTEL_TRACES_EXPORTER is ${exporter}: set it to otlp, or to none for no traces.`)
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    return off('The address of the OpenTelemetry collector is not an http or https URL.')
  }
  const protocol = protocolOf(config, env)
  if (protocol !== 'http/protobuf' && protocol !== 'http/json') {
    return off(
      `OTEL_EXPORTER_OTLP_PROTOCOL is ${protocol}: set http/protobuf or http/json, and the collector's port for them (4318).`,
    )
  }
  const settings: TracingSettings = {
    url,
    protocol,
    serviceName: config.service_name,
    semconv: semconvOf(config, env),
    propagateTo: new Set(config.propagate_to.map((origin) => new URL(origin).origin)),
    hasRoutingText: config.routing_text,
    maxWaiting: maxWaitingOf(env),
  }
  return { settings, problem: null }
}
