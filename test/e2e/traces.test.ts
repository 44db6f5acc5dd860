// Traces of the whole service at a collector that decodes the protocol itself: what spans there are, how they hang together,
// what they say and do not say, and that a collector which is gone costs nothing but spans.
import { execFile } from 'node:child_process'
import { createServer } from 'node:net'
import { promisify } from 'node:util'
import { describe, expect, it, onTestFinished } from 'vitest'
import { stringify } from 'yaml'
import { startFakeCollector } from '../support/fake-collector.ts'
import { startFakeProvider } from '../support/fake-provider.ts'
import { type ReloadingService, startReloading } from '../support/reloading-service.ts'

const TRACE_ID = '0af7651916cd43dd8448eb211c80319c'
const PARENT_ID = 'b7ad6b7169203331'
const SECRET = 'the prompt that nobody may see: code 0.9'

interface Started {
  server: ReloadingService
  collector: Awaited<ReturnType<typeof startFakeCollector>>
  provider: Awaited<ReturnType<typeof startFakeProvider>>
}

const sourceOf = (baseUrl: string, otel: object): string =>
  stringify({
    providers: { fake: { kind: 'openai', base_url: baseUrl } },
    models: {
      small: { provider: 'fake', name: 'ok', input_usd_per_million: 1, output_usd_per_million: 2 },
      broken: { provider: 'fake', name: 'json-error' },
    },
    routes: {
      code: { models: ['broken', 'small'], threshold: 0.5 },
      general: { models: ['small'] },
    },
    default_route: 'general',
    telemetry: { otel },
  })

const start = async (
  otel: (urls: { collector: string; provider: string }) => object,
  env: NodeJS.ProcessEnv = {},
): Promise<Started> => {
  const collector = await startFakeCollector()
  const provider = await startFakeProvider()
  onTestFinished(() => provider.close())
  const urls = { collector: collector.url, provider: new URL(provider.baseUrl).origin }
  const server = await startReloading({ source: sourceOf(provider.baseUrl, otel(urls)), env })
  return { server, collector, provider }
}

const chat = async (
  { server }: Pick<Started, 'server'>,
  body: object = {},
  headers: Record<string, string> = {},
): Promise<Response> => {
  const response = await server.request('POST', '/v1/chat/completions', {
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      model: 'auto',
      messages: [{ role: 'user', content: SECRET }],
      ...body,
    }),
  })
  await response.text()
  // The line is written when all is over, and the span ends with it.
  while (!server.lines.some(({ message, facts }) => message === 'request' && facts.decisionId)) {
    await new Promise((resolve) => setImmediate(resolve))
  }
  return response
}

it('has a span of the call for embeddings and for what is passed through', async () => {
  const { server, collector } = await start(({ collector: url }) => ({ endpoint: url }))
  for (const path of ['/v1/embeddings', '/v1/images/generations']) {
    const body = JSON.stringify({ model: 'small', input: 'x', prompt: 'x' })
    await server.request('POST', path, { headers: { 'content-type': 'application/json' }, body })
    // The server's span ends with the line.
    while (!server.lines.some(({ message, facts }) => message === 'request' && facts.path === path))
      await new Promise((resolve) => setImmediate(resolve))
  }
  await server.service.close()
  const spans = new Map(collector.spans.map((span) => [span.name, span]))
  for (const [call, path] of [
    ['embeddings ok', 'POST /v1/embeddings'],
    ['images/generations ok', 'POST /v1/images/generations'],
  ] as const) {
    expect(spans.get(call)).toMatchObject({ kind: 3, parentSpanId: spans.get(path)?.spanId })
    expect(spans.get(call)?.attributes['gen_ai.operation.name']).toBe(call.split(' ')[0])
  }
})

describe.each(['http/protobuf', 'http/json'] as const)('a traced request over %s', (protocol) => {
  it('is one trace: server, decision, and a call for each attempt, with tokens on that alone', async () => {
    const started = await start(({ collector }) => ({ endpoint: collector, protocol }))
    const response = await chat(started)
    await started.server.service.close()
    const { spans, posts } = started.collector
    expect(posts[0]?.path).toBe('/v1/traces')
    expect(posts[0]?.contentType).toBe(
      protocol === 'http/json' ? 'application/json' : 'application/x-protobuf',
    )
    const named = (name: string) => spans.find((span) => span.name === name)
    const server = named('POST /v1/chat/completions')
    const route = named('signalbox.route')
    expect(server).toMatchObject({ kind: 2, parentSpanId: '', statusCode: 0 })
    expect(server?.attributes).toMatchObject({
      'http.request.method': 'POST',
      'http.route': '/v1/chat/completions',
      'http.response.status_code': 200,
      'signalbox.outcome': 'served',
      'signalbox.attempts': 2,
    })
    expect(route?.parentSpanId).toBe(server?.spanId)
    expect(route?.attributes).toMatchObject({
      'signalbox.decision.id': response.headers.get('x-router-decision-id'),
      'signalbox.route': 'code',
      'signalbox.reason': 'matched',
      'signalbox.confidence': 0.9,
      'signalbox.index.generation': 1,
      'signalbox.arm': 'serving',
    })
    expect(named('signalbox.decide')?.parentSpanId).toBe(route?.spanId)
    expect(named('chat json-error')).toMatchObject({
      kind: 3,
      parentSpanId: server?.spanId,
      statusCode: 2,
      attributes: { 'error.type': expect.stringMatching(/^upstream_/) },
    })
    expect(named('chat ok')).toMatchObject({ kind: 3, parentSpanId: server?.spanId, statusCode: 0 })
    expect(named('chat ok')?.attributes).toEqual({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': 'ok',
      'gen_ai.usage.input_tokens': 7,
      'gen_ai.usage.output_tokens': 3,
      'http.response.status_code': 200,
      'signalbox.provider': 'fake',
      'signalbox.model': 'small',
    })
    const withTokens = spans.filter(({ attributes }) => 'gen_ai.usage.input_tokens' in attributes)
    expect(withTokens.map(({ name }) => name)).toEqual(['chat ok'])
    expect(new Set(spans.map(({ traceId }) => traceId)).size).toBe(1)
    expect(spans.every(({ startMs, endMs }) => endMs >= startMs)).toBe(true)
    expect(server?.resource).toMatchObject({ 'service.name': 'signalbox' })
  })
})

describe('traces', () => {
  it('hold nothing that was asked or answered, and the routing text where that is configured', async () => {
    const silent = await start(({ collector }) => ({ endpoint: collector }))
    await chat(silent, { user: 'someone', temperature: 0.123 }, { 'x-session-id': 'session-one' })
    await silent.server.service.close()
    expect(silent.collector.spans.length).toBeGreaterThan(3)
    const all = JSON.stringify(silent.collector.spans)
    for (const text of ['nobody may see', 'Hello', 'someone', 'session-one', '0.123']) {
      expect(all).not.toContain(text)
    }
    const told = await start(({ collector }) => ({ endpoint: collector, routing_text: true }))
    await chat(told)
    await told.server.service.close()
    const route = told.collector.spans.find(({ name }) => name === 'signalbox.route')
    expect(route?.attributes['signalbox.routing_text']).toContain('nobody may see')
  })

  it("go on the caller's trace, and tell it to configured origins alone", async () => {
    const headers = {
      traceparent: `00-${TRACE_ID}-${PARENT_ID}-01`,
      tracestate: 'vendor=value',
    }
    const private_ = await start(({ collector }) => ({ endpoint: collector }))
    await chat(private_, {}, headers)
    await private_.server.service.close()
    const server = private_.collector.spans.find(({ kind }) => kind === 2)
    expect(server).toMatchObject({ traceId: TRACE_ID, parentSpanId: PARENT_ID })
    const line = private_.server.lines.find(({ message }) => message === 'request')
    expect(line?.facts.traceId).toBe(TRACE_ID)
    for (const attempt of private_.provider.attempts) {
      expect(Object.keys(attempt.headers)).not.toContain('traceparent')
    }

    const open = await start(({ collector, provider }) => ({
      endpoint: collector,
      propagate_to: [provider],
    }))
    await chat(open, {}, headers)
    await open.server.service.close()
    const [, second] = open.provider.attempts
    const call = open.collector.spans.find(({ name }) => name === 'chat ok')
    expect(second?.headers.traceparent).toBe(`00-${TRACE_ID}-${call?.spanId}-01`)
    expect(second?.headers.tracestate).toBe('vendor=value')
  })

  it('of a stream end with it, with its tokens and the time of its first chunk', async () => {
    const started = await start(({ collector }) => ({ endpoint: collector, semconv: 'both' }))
    await chat(started, { stream: true, model: 'small' })
    await started.server.service.close()
    const call = started.collector.spans.find(({ name }) => name === 'chat ok')
    expect(call?.attributes).toMatchObject({
      'gen_ai.system': 'openai',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.stream': true,
      'gen_ai.response.time_to_first_chunk': expect.any(Number),
      'gen_ai.usage.output_tokens': 3,
    })
  })

  it('take the standard variables for what the configuration leaves open', async () => {
    const { url, posts, spans } = await startFakeCollector()
    const started = await start(() => ({}), { OTEL_EXPORTER_OTLP_ENDPOINT: `${url}/` })
    await chat(started, { model: 'small' })
    await started.server.service.close()
    expect(posts[0]?.path).toBe('/v1/traces')
    expect(spans.map(({ name }) => name)).toContain('chat ok')
  })

  it('of a caller who does not want to be sampled are not sent', async () => {
    const started = await start(({ collector }) => ({ endpoint: collector }))
    await chat(started, {}, { traceparent: `00-${TRACE_ID}-${PARENT_ID}-00` })
    await started.server.service.close()
    expect(started.collector.spans).toEqual([])
  })

  it('are lost and counted where the collector is gone, and the request is answered', async () => {
    const closed = createServer().listen(0, '127.0.0.1')
    await new Promise((resolve) => closed.once('listening', resolve))
    const { port } = closed.address() as { port: number }
    await new Promise((resolve) => closed.close(resolve))
    const started = await start(() => ({ endpoint: `http://127.0.0.1:${port}` }))
    expect((await chat(started)).status).toBe(200)
    const metrics = await (await started.server.request('GET', '/metrics')).text()
    expect(metrics).toMatch(/signalbox_trace_spans_waiting [1-9]/)
  })
})

it('without a collector nothing is traced, and nothing of it is measured', async () => {
  const started = await start(() => ({}))
  await chat(started, {}, { traceparent: `00-${TRACE_ID}-${PARENT_ID}-01` })
  const metrics = await (await started.server.request('GET', '/metrics')).text()
  expect(metrics).not.toContain('signalbox_trace_spans')
  expect(started.collector.posts).toEqual([])
  expect(started.server.lines.some(({ facts }) => 'traceId' in facts)).toBe(false)
})

it('a server without traces loads nothing that makes them', async () => {
  const program = `
    await import('./dist/src/main.js')
    const { default: module } = await import('node:module')
    const loaded = Object.keys(module._cache).filter((file) => file.includes('@opentelemetry'))
    console.log(JSON.stringify(loaded.filter((file) => !file.includes('@opentelemetry/api/'))))
    process.exit()`
  const run = promisify(execFile)
  const { stdout } = await run('node', ['--input-type=module', '-e', program])
  expect(stdout.trim().split('\n').at(-1)).toBe('[]')
})
