import { ROOT_CONTEXT, SpanKind, SpanStatusCode, type Tracer, trace } from '@opentelemetry/api'
import { TraceState } from '@opentelemetry/core'
import { ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-base'
import { expect, it } from 'vitest'
import {
  createProtobufBytes,
  putNanoseconds,
  take,
} from '../../../src/telemetry/tracing/protobuf-bytes.ts'
import { createTraceBytes } from '../../../src/telemetry/tracing/trace-bytes.ts'
import { fromProtobuf } from '../../support/fake-collector.ts'

const ATTRIBUTES = {
  text: 'chat',
  foreign: 'Grüße, 世界 🙂',
  long: 'x'.repeat(200),
  longer: 'é'.repeat(20_000),
  empty: '',
  none: 0,
  large: 4_000_000_000_000,
  share: 0.25,
  negative: -0.5,
  yes: true,
  no: false,
}

const REMOTE = {
  traceId: '0af7651916cd43dd8448eb211c80319c',
  spanId: 'b7ad6b7169203331',
  traceFlags: 1,
  traceState: new TraceState('a=1'),
  isRemote: true,
}

const made = (make: (tracer: Tracer) => void) => {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'signalbox' }),
    spanProcessors: [new SimpleSpanProcessor(exporter)],
  })
  make(provider.getTracer('signalbox', '1.0'))
  return exporter.getFinishedSpans()
}

it('says of spans what the serializer of OpenTelemetry says', () => {
  const spans = made((tracer) => {
    const parent = trace.setSpanContext(ROOT_CONTEXT, REMOTE)
    const options = { kind: SpanKind.SERVER, startTime: 1_800_000_000_000.25 }
    const server = tracer.startSpan('POST', { ...options, attributes: ATTRIBUTES }, parent)
    const inServer = trace.setSpan(parent, server)
    const failed = tracer.startSpan('chat', { kind: SpanKind.CLIENT, startTime: 5 }, inServer)
    failed.setStatus({ code: SpanStatusCode.ERROR }).end(1_800_000_000_001)
    server.end(1_800_000_000_007.75)
    for (let i = 0; i < 300; i += 1) tracer.startSpan(`span ${i}`).end()
  })
  const ours = fromProtobuf(Buffer.from(createTraceBytes()(spans)))
  const theirs = fromProtobuf(Buffer.from(ProtobufTraceSerializer.serializeRequest(spans) ?? []))
  expect(ours).toHaveLength(302)
  expect(ours).toEqual(theirs)
})

it('begins anew with every request', () => {
  const serialize = createTraceBytes()
  const [one, two] = made((tracer) => {
    tracer.startSpan('one').end()
    tracer.startSpan('two').end()
  })
  if (!one || !two) throw new Error('no spans')
  const first = serialize([one])
  serialize([two])
  expect(fromProtobuf(Buffer.from(first)).map(({ name }) => name)).toEqual(['one'])
  expect(fromProtobuf(Buffer.from(serialize([])))).toEqual([])
})

it('computes nanoseconds beyond what a number holds', () => {
  for (const [seconds, rest] of [
    [0, 0],
    [1, 999_999_999],
    [1_800_000_000, 123_456_789],
    [4_294_967_295, 999_999_999],
  ] as const) {
    const out = createProtobufBytes()
    putNanoseconds(out, seconds, rest)
    const written = Buffer.from(take(out)).readBigUInt64LE()
    expect(written).toBe(BigInt(seconds) * 1_000_000_000n + BigInt(rest))
  }
})
