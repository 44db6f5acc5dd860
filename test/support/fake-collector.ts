// An OpenTelemetry collector on loopback that decodes what it is posted, OTLP as JSON or as protobuf, by itself: no code of
// OpenTelemetry's is the referee of OpenTelemetry's.
import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { asDouble, type FieldValue, protobufFields } from './protobuf-fields.ts'

export interface CollectedSpan {
  traceId: string
  spanId: string
  /** Empty for a root. */
  parentSpanId: string
  traceState: string
  name: string
  /** 1 internal, 2 server, 3 client. */
  kind: number
  startMs: number
  endMs: number
  attributes: Record<string, unknown>
  /** 2 is an error. */
  statusCode: number
  resource: Record<string, unknown>
}

export interface FakeCollector {
  url: string
  spans: CollectedSpan[]
  /** Of each post, in order. */
  posts: { path: string; contentType: string; headers: IncomingMessage['headers'] }[]
  /** Resolves once a span of this name has come. */
  span(name: string): Promise<CollectedSpan>
}

type Json = Record<string, unknown>
const list = (value: unknown): Json[] => (value ?? []) as Json[]

const jsonValue = (value: Json): unknown => {
  if ('intValue' in value) return Number(value.intValue)
  return value.stringValue ?? value.boolValue ?? value.doubleValue
}
const jsonAttributes = (attributes: unknown): Record<string, unknown> =>
  Object.fromEntries(
    list(attributes).map(({ key, value }) => [key, jsonValue(value as Json)] as const),
  )

const jsonSpan = (span: Json, resource: Record<string, unknown>): CollectedSpan => ({
  traceId: String(span.traceId),
  spanId: String(span.spanId),
  parentSpanId: String(span.parentSpanId ?? ''),
  traceState: String(span.traceState ?? ''),
  name: String(span.name),
  kind: Number(span.kind),
  startMs: Number(BigInt(String(span.startTimeUnixNano)) / 1_000n) / 1_000,
  endMs: Number(BigInt(String(span.endTimeUnixNano)) / 1_000n) / 1_000,
  attributes: jsonAttributes(span.attributes),
  statusCode: Number((span.status as Json | undefined)?.code ?? 0),
  resource,
})

const fromJson = (body: Buffer): CollectedSpan[] =>
  list((JSON.parse(body.toString()) as Json).resourceSpans).flatMap(({ resource, scopeSpans }) =>
    list(scopeSpans).flatMap(({ spans }) =>
      list(spans).map((span) => jsonSpan(span, jsonAttributes((resource as Json).attributes))),
    ),
  )

type Fields = ReturnType<typeof protobufFields>
const messages = (fields: Fields, number: number): Fields[] =>
  (fields.get(number) ?? []).map((value) => protobufFields(value as Uint8Array))
const bytesOf = (fields: Fields, number: number): Buffer =>
  Buffer.from((fields.get(number)?.[0] as Uint8Array | undefined) ?? [])
const scalar = (fields: Fields, number: number): FieldValue | undefined => fields.get(number)?.[0]
const msOf = (fields: Fields, number: number): number =>
  Number((scalar(fields, number) as bigint) / 1_000n) / 1_000

const protobufValue = (value: Fields): unknown => {
  if (value.has(1)) return bytesOf(value, 1).toString()
  if (value.has(2)) return scalar(value, 2) === 1
  if (value.has(3)) return scalar(value, 3)
  return asDouble(scalar(value, 4) as bigint)
}
const protobufAttributes = (fields: Fields, number: number): Record<string, unknown> =>
  Object.fromEntries(
    messages(fields, number).map((pair) => {
      const [value] = messages(pair, 2)
      return [bytesOf(pair, 1).toString(), value && protobufValue(value)] as const
    }),
  )

const protobufSpan = (span: Fields, resource: Record<string, unknown>): CollectedSpan => {
  const [status] = messages(span, 15)
  return {
    traceId: bytesOf(span, 1).toString('hex'),
    spanId: bytesOf(span, 2).toString('hex'),
    traceState: bytesOf(span, 3).toString(),
    parentSpanId: bytesOf(span, 4).toString('hex'),
    name: bytesOf(span, 5).toString(),
    kind: Number(scalar(span, 6) ?? 0),
    startMs: msOf(span, 7),
    endMs: msOf(span, 8),
    attributes: protobufAttributes(span, 9),
    statusCode: Number((status && scalar(status, 3)) ?? 0),
    resource,
  }
}

export const fromProtobuf = (body: Buffer): CollectedSpan[] =>
  messages(protobufFields(body), 1).flatMap((ofResource) => {
    const [resource] = messages(ofResource, 1)
    const attributes = resource ? protobufAttributes(resource, 1) : {}
    return messages(ofResource, 2).flatMap((ofScope) =>
      messages(ofScope, 2).map((span) => protobufSpan(span, attributes)),
    )
  })

const bodyOf = async (request: IncomingMessage): Promise<Buffer> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks)
}

export const startFakeCollector = async (): Promise<FakeCollector> => {
  const spans: CollectedSpan[] = []
  const posts: FakeCollector['posts'] = []
  const waiting = new Set<() => void>()
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request)
    const contentType = request.headers['content-type'] ?? ''
    posts.push({ path: request.url ?? '', contentType, headers: request.headers })
    spans.push(...(contentType === 'application/json' ? fromJson(body) : fromProtobuf(body)))
    response.writeHead(200, { 'content-type': contentType })
    response.end(contentType === 'application/json' ? '{}' : '')
    for (const look of waiting) look()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const span = (name: string): Promise<CollectedSpan> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = spans.find((one) => one.name === name)
        if (!found) return
        waiting.delete(look)
        resolve(found)
      }
      waiting.add(look)
      look()
    })
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, posts, span }
}
