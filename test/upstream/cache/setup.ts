// A cached call over a provider that counts its calls, and requests of one caller.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from '../../../src/config/config-schema.ts'
import { checkConfig } from '../../../src/config/load-config.ts'
import { createCachedCall } from '../../../src/upstream/cache/cached-call.ts'
import type { CallRequest, CallResult, CallUpstream } from '../../../src/upstream/call/call.ts'
import type { UpstreamReply } from '../../../src/upstream/upstream.ts'
import { chosenFor } from '../../support/chosen.ts'
import { fakeAttempt, fakeDecision } from '../../support/http-fakes.ts'
import { streamOf } from '../../support/sse.ts'

export const COUNTS = { promptTokens: 7, completionTokens: 3, isEstimated: false }
export const WIRE_USAGE = { prompt_tokens: 7, completion_tokens: 3, total_tokens: 10 }

export const completion = (content: string, finishReason = 'stop') => ({
  id: 'chatcmpl-1',
  object: 'chat.completion',
  created: 1,
  model: 'up',
  choices: [
    {
      index: 0,
      message: { role: 'assistant', content, refusal: null },
      logprobs: null,
      finish_reason: finishReason,
    },
  ],
  usage: { ...WIRE_USAGE, cost: 13e-6 },
})

export const jsonReply = (body: Record<string, unknown>): UpstreamReply => ({
  kind: 'json',
  status: 200,
  body,
  usage: COUNTS,
})

export const event = (data: unknown): Uint8Array =>
  new TextEncoder().encode(`data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`)

export const streamReply = (
  parts: readonly Uint8Array[],
  end: Partial<Awaited<Extract<UpstreamReply, { kind: 'stream' }>['end']>> = {},
  error?: Error,
): UpstreamReply => ({
  kind: 'stream',
  status: 200,
  stream: streamOf(parts, error),
  end: Promise.resolve({ outcome: 'served', usage: COUNTS, errorCode: null, ...end }),
})

export const base = { model: 'auto', messages: [{ role: 'user', content: 'Hello there' }] }

export interface SetupOptions {
  cache?: Partial<Config['routes'][string]['cache']>
  limits?: Partial<Config['cache']>
  native?: 'anthropic' | 'responses'
  dimensions?: number
}

/** `reply` makes what the provider answers; `call` counts in `calls`. */
export const setup = (
  reply: (request: CallRequest, call: number) => UpstreamReply | CallResult,
  options: SetupOptions = {},
) => {
  const config = checkConfig(
    {
      providers: { fake: { kind: 'echo' } },
      models: { small: { provider: 'fake', name: 'up' }, large: { provider: 'fake', name: 'big' } },
      routes: {
        code: { models: ['small', 'large'], cache: { mode: 'exact', ...options.cache } },
        plain: { models: ['small'] },
      },
      default_route: 'code',
      cache: options.limits ?? {},
    },
    'the test configuration',
  )
  const state = { calls: 0, nowMs: 1_000, noted: [] as string[] }
  const callUpstream: CallUpstream = async (request) => {
    state.calls += 1
    const made = reply(request, state.calls)
    if ('attempts' in made) return made
    const attempts = [fakeAttempt({ model: request.decision.model })]
    return { kind: 'reply', reply: made, attempts }
  }
  const target = { provider: 'fake', upstreamName: 'up', price: { input: 1, output: 2 } }
  const cached = createCachedCall(callUpstream, {
    config,
    upstreams: { fake: options.native ? { native: options.native } : {} },
    targets: { small: { ...target, model: 'small' }, large: { ...target, model: 'large' } },
    dimensions: () => options.dimensions ?? 2,
    now: () => state.nowMs,
    onCache: (status, route) => state.noted.push(`${route} ${status}`),
  })
  const call = (request: Partial<CallRequest> = {}) =>
    cached.call({
      decision: fakeDecision({ model: 'small', route: 'code', principal: 'key-1' }),
      chain: chosenFor(config, { body: request.body ?? base }).chain,
      body: base,
      requestId: 'req-1',
      signal: new AbortController().signal,
      ...request,
    })
  return { call, state, cached }
}

/** What a client has of a result in the end: the body, or the text of the stream and its error. */
export const received = async (result: CallResult) => {
  if (result.kind === 'error') throw result.error
  const { reply } = result
  if (reply.kind === 'json') return { body: reply.body, text: '', error: null }
  const parts: Uint8Array[] = []
  let error: unknown = null
  try {
    for await (const part of reply.stream) parts.push(part)
  } catch (cause) {
    error = cause
  }
  await reply.end
  await nextTurn() // what is kept is kept when the last byte has gone
  return { body: null, text: Buffer.concat(parts).toString(), error }
}
