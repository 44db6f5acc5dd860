// Spans → an OTLP request in protobuf, in place of the library's way, which measures each batch before it writes it. It writes what
// our spans have: attributes that are texts, numbers or flags; no events and no links.
import type { AttributeValue } from '@opentelemetry/api'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import {
  begin,
  createProtobufBytes,
  end,
  FIELD,
  type ProtobufBytes,
  putDouble,
  putFixed32,
  putHex,
  putNanoseconds,
  putTag,
  putText,
  putVarint,
  take,
} from './protobuf-bytes.ts'

type Attributes = Readonly<Record<string, AttributeValue | undefined>>

/** Bits of a span's flags: whether its parent is known to be of another process. */
const KNOWS_REMOTE = 0x100
const IS_REMOTE = 0x200

const writeValue = (out: ProtobufBytes, value: AttributeValue | undefined): void => {
  if (typeof value === 'string') {
    putTag(out, 1, FIELD.bytes)
    putText(out, value)
  } else if (typeof value === 'boolean') {
    putTag(out, 2, FIELD.varint)
    putVarint(out, value ? 1 : 0)
  } else if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) {
    putTag(out, 3, FIELD.varint)
    putVarint(out, value)
  } else if (typeof value === 'number') {
    putTag(out, 4, FIELD.fixed64)
    putDouble(out, value)
  }
}

const writeAttributes = (out: ProtobufBytes, field: number, attributes: Attributes): void => {
  for (const name in attributes) {
    putTag(out, field, FIELD.bytes)
    const at = begin(out)
    putTag(out, 1, FIELD.bytes)
    putText(out, name)
    putTag(out, 2, FIELD.bytes)
    const value = begin(out)
    writeValue(out, attributes[name])
    end(out, value)
    end(out, at)
  }
}

const writeTime = (out: ProtobufBytes, field: number, [seconds, rest]: [number, number]): void => {
  putTag(out, field, FIELD.fixed64)
  putNanoseconds(out, seconds, rest)
}

const writeText = (out: ProtobufBytes, field: number, value: string | undefined): void => {
  if (value === undefined || value === '') return
  putTag(out, field, FIELD.bytes)
  putText(out, value)
}

const writeCount = (out: ProtobufBytes, field: number, value: number): void => {
  if (value === 0) return
  putTag(out, field, FIELD.varint)
  putVarint(out, value)
}

const writeIds = (out: ProtobufBytes, span: ReadableSpan): void => {
  const { traceId, spanId, traceState } = span.spanContext()
  putTag(out, 1, FIELD.bytes)
  putHex(out, traceId)
  putTag(out, 2, FIELD.bytes)
  putHex(out, spanId)
  writeText(out, 3, traceState?.serialize())
  if (!span.parentSpanContext) return
  putTag(out, 4, FIELD.bytes)
  putHex(out, span.parentSpanContext.spanId)
}

const writeSpan = (out: ProtobufBytes, span: ReadableSpan): void => {
  writeIds(out, span)
  writeText(out, 5, span.name)
  writeCount(out, 6, span.kind + 1)
  writeTime(out, 7, span.startTime)
  writeTime(out, 8, span.endTime)
  writeAttributes(out, 9, span.attributes)
  writeCount(out, 10, span.droppedAttributesCount)
  if (span.status.code !== 0) {
    putTag(out, 15, FIELD.bytes)
    const at = begin(out)
    writeCount(out, 3, span.status.code)
    end(out, at)
  }
  const remote = span.parentSpanContext?.isRemote ? IS_REMOTE : 0
  putTag(out, 16, FIELD.fixed32)
  putFixed32(out, span.spanContext().traceFlags | KNOWS_REMOTE | remote)
}

const writeScopeSpans = (out: ProtobufBytes, spans: readonly ReadableSpan[]): void => {
  const { name, version } = spans[0]?.instrumentationScope ?? { name: '' }
  putTag(out, 1, FIELD.bytes)
  const scope = begin(out)
  writeText(out, 1, name)
  writeText(out, 2, version)
  end(out, scope)
  for (const span of spans) {
    putTag(out, 2, FIELD.bytes)
    const at = begin(out)
    writeSpan(out, span)
    end(out, at)
  }
}

/** All spans are of one resource and one scope, as they are of one tracer. */
export const createTraceBytes = (): ((spans: readonly ReadableSpan[]) => Uint8Array) => {
  const out = createProtobufBytes()
  return (spans) => {
    putTag(out, 1, FIELD.bytes)
    const all = begin(out)
    putTag(out, 1, FIELD.bytes)
    const resource = begin(out)
    writeAttributes(out, 1, spans[0]?.resource.attributes ?? {})
    end(out, resource)
    putTag(out, 2, FIELD.bytes)
    const scoped = begin(out)
    writeScopeSpans(out, spans)
    end(out, scoped)
    end(out, all)
    return take(out)
  }
}
