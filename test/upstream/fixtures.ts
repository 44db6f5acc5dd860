// Recorded-style provider bytes (fixtures/<kind>/) and what a client gets of them, however they were cut.
import { readFileSync } from 'node:fs'
import type { RouterError } from '../../src/errors.ts'
import { createAnthropicUpstream } from '../../src/upstream/anthropic/anthropic.ts'
import { createGeminiUpstream } from '../../src/upstream/gemini/gemini.ts'
import { createOpenAiUpstream } from '../../src/upstream/openai/openai.ts'
import type { HttpUpstreamOptions } from '../../src/upstream/provider/http-provider.ts'
import type { Upstream } from '../../src/upstream/upstream.ts'
import { asStream, createTestLogger, drain, requestOf } from './harness.ts'

export type FixtureKind = 'openai' | 'anthropic' | 'gemini'

export const fixture = (path: string): Uint8Array<ArrayBuffer> =>
  new Uint8Array(readFileSync(new URL(`fixtures/${path}`, import.meta.url)))

const CREATE: Record<FixtureKind, (options: HttpUpstreamOptions) => Upstream> = {
  openai: createOpenAiUpstream,
  anthropic: createAnthropicUpstream,
  gemini: createGeminiUpstream,
}

export interface Exchange {
  url: string
  headers: Record<string, string>
  body: Record<string, unknown>
}

/** An upstream whose provider gives these answers in turn, and what it was sent. */
export const upstreamAnswering = (
  kind: FixtureKind,
  answers: (() => Response)[],
  options: Partial<HttpUpstreamOptions> = {},
) => {
  const sent: Exchange[] = []
  const { logger, lines } = createTestLogger()
  const upstream = CREATE[kind]({
    provider: 'fake',
    baseUrl: 'https://provider.test/v1',
    keys: ['key-number-one'],
    timeouts: { firstTokenMs: 10_000, idleMs: 10_000, totalMs: 20_000 },
    fetch: async (url, { headers, body }) => {
      sent.push({ url, headers, body: JSON.parse(String(body)) as Record<string, unknown> })
      const answer = answers.length > 1 ? answers.shift() : answers[0]
      if (!answer) throw new Error('The provider has no answer.')
      return answer()
    },
    logger,
    now: () => 1_760_000_000_000,
    ...options,
  })
  return { upstream, sent, lines }
}

export const streamOf = (chunks: readonly Uint8Array[]): Response =>
  new Response(
    new ReadableStream<Uint8Array>({
      start: (controller) => {
        for (const chunk of chunks) controller.enqueue(chunk)
        controller.close()
      },
    }),
    { headers: { 'content-type': 'text/event-stream' } },
  )

/** All that a client can tell of a stream whose bytes come in these chunks. */
export const clientSees = async (
  kind: FixtureKind,
  chunks: readonly Uint8Array[],
  body: Record<string, unknown> = {},
) => {
  const { upstream, lines } = upstreamAnswering(kind, [() => streamOf(chunks)])
  const asked = { stream: true, stream_options: { include_usage: true }, ...body }
  const warnings = () => lines.map(({ message }) => message)
  try {
    const { stream, end } = asStream(await upstream.chat(requestOf('model-x', asked)))
    const { text, error } = await drain(stream)
    const code = (error as RouterError | null)?.code ?? null
    return { text, code, end: await end, warnings: warnings() }
  } catch (thrown) {
    const { code, message, isRetryable, details } = thrown as RouterError
    return {
      refused: code,
      message,
      isRetryable,
      providerCode: details.providerCode,
      warnings: warnings(),
    }
  }
}
