// What the tests of this folder share: a request, a logger that remembers, and a stream read to its end or its error.

import type { Logger } from '../../src/core/logger.ts'
import type { UpstreamRequest } from '../../src/dialects/chat/upstream-request.ts'
import { createEgressAgent } from '../../src/upstream/egress/agent.ts'
import { createEgressFetch } from '../../src/upstream/egress/fetch.ts'
import { createOpenAiUpstream } from '../../src/upstream/openai/openai.ts'
import type { HttpUpstreamOptions } from '../../src/upstream/provider/http-provider.ts'
import type { UpstreamReply } from '../../src/upstream/upstream.ts'

export const API_KEY = 'local-key-4711-abc'

export const createTestLogger = () => {
  const lines: { level: string; fields: Record<string, unknown>; message: string }[] = []
  const at = (level: string) => (fields: Record<string, unknown>, message: string) =>
    void lines.push({ level, fields, message })
  const logger: Logger = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  }
  return { logger, lines }
}

/** The real way out, to loopback too. */
export const egressFetch = createEgressFetch(
  createEgressAgent({ allowPrivate: true, maxSockets: 128, connectTimeoutMs: 10_000 }),
)

export const upstreamFor = (baseUrl: string, options: Partial<HttpUpstreamOptions> = {}) => {
  const { logger, lines } = createTestLogger()
  const upstream = createOpenAiUpstream({
    provider: 'fake',
    baseUrl,
    keys: [API_KEY],
    timeouts: { firstTokenMs: 10_000, idleMs: 10_000, totalMs: 20_000 },
    fetch: egressFetch,
    logger,
    ...options,
  })
  return { upstream, lines }
}

/** A request whose upstream name is the fault to provoke. */
export const requestOf = (
  fault: string,
  body: Record<string, unknown> = {},
  signal: AbortSignal = new AbortController().signal,
): UpstreamRequest => ({
  target: {
    provider: 'fake',
    model: 'small',
    upstreamName: fault,
    price: { input: 1, output: 2 },
  },
  body: { model: 'auto', messages: [{ role: 'user', content: 'Hello there' }], ...body },
  route: 'smalltalk',
  requestId: 'req-1',
  signal,
})

export type StreamReply = Extract<UpstreamReply, { kind: 'stream' }>
export type JsonReply = Extract<UpstreamReply, { kind: 'json' }>

export const asStream = (reply: UpstreamReply): StreamReply => {
  if (reply.kind !== 'stream') throw new Error('expected a stream')
  return reply
}

export const asJson = (reply: UpstreamReply): JsonReply => {
  if (reply.kind !== 'json') throw new Error('expected JSON')
  return reply
}

/** Everything a client receives, and the error its stream ended with, or null for a clean end. */
export const drain = async (
  stream: ReadableStream<Uint8Array>,
): Promise<{ text: string; error: unknown }> => {
  const parts: Uint8Array[] = []
  try {
    for await (const part of stream) parts.push(part)
    return { text: Buffer.concat(parts).toString(), error: null }
  } catch (error) {
    return { text: Buffer.concat(parts).toString(), error }
  }
}

/** The `data` of each event, parsed where it is JSON. */
export const eventsOf = (text: string): unknown[] =>
  text
    .split(/\r?\n\r?\n/)
    .filter((event) => event.startsWith('data: '))
    .map((event) => (event === 'data: [DONE]' ? '[DONE]' : JSON.parse(event.slice(6))))
