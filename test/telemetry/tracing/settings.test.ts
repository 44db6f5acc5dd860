import { describe, expect, it } from 'vitest'
import { type OtelConfig, tracingSettings } from '../../../src/telemetry/tracing/settings.ts'

const config = (changes: Partial<OtelConfig> = {}): OtelConfig => ({
  propagate_to: [],
  routing_text: false,
  ...changes,
})
const ENDPOINT = { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }

describe('settings of traces', () => {
  it('are none where neither configuration nor environment names a collector', () => {
    expect(tracingSettings(config(), {})).toEqual({ settings: null, problem: null })
    expect(tracingSettings(config(), { OTEL_EXPORTER_OTLP_ENDPOINT: ' ' }).settings).toBeNull()
  })

  it('take the configuration before the environment, and an address of traces as it is', () => {
    const url = (changes: Partial<OtelConfig>, env: Record<string, string>) =>
      tracingSettings(config(changes), env).settings?.url
    const own = { OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/mine' }
    expect(url({}, ENDPOINT)).toBe('http://collector:4318/v1/traces')
    expect(url({}, { ...ENDPOINT, ...own })).toBe('http://collector:4318/mine')
    expect(url({ endpoint: 'https://other/otlp/' }, own)).toBe('https://other/otlp/v1/traces')
  })

  it('are none where the environment turns the SDK or its exporter off', () => {
    for (const env of [{ OTEL_SDK_DISABLED: 'true' }, { OTEL_TRACES_EXPORTER: 'none' }]) {
      expect(tracingSettings(config(), { ...ENDPOINT, ...env })).toEqual({
        settings: null,
        problem: null,
      })
    }
  })

  it('say what to set where the environment asks for what is not spoken', () => {
    const problem = (env: Record<string, string>) =>
      tracingSettings(config(), { ...ENDPOINT, ...env }).problem
    expect(problem({ OTEL_EXPORTER_OTLP_PROTOCOL: 'grpc' })).toContain('http/protobuf')
    expect(problem({ OTEL_TRACES_EXPORTER: 'zipkin' })).toContain('otlp')
    expect(problem({ OTEL_EXPORTER_OTLP_ENDPOINT: 'collector:4318' })).toContain('URL')
  })

  it('take the names of the GenAI conventions that are asked for, the present ones by default', () => {
    const names = (changes: Partial<OtelConfig>, optIn: string) =>
      tracingSettings(config(changes), { ...ENDPOINT, OTEL_SEMCONV_STABILITY_OPT_IN: optIn })
        .settings?.semconv
    expect(names({}, '')).toBe('latest')
    expect(names({}, 'http, gen_ai_latest_experimental')).toBe('latest')
    expect(names({}, 'http,gen_ai_latest_experimental/dup')).toBe('both')
    expect(names({ semconv: 'older' }, 'gen_ai_latest_experimental')).toBe('older')
  })
})
