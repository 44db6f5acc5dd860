// The whole way from an HTTP request to the faulty provider and back (app, call, record), with waits scaled down and no encoder: what
// is asked for is the route `test`, whose models are the faults of the test.
import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { serve } from '@hono/node-server'
import { onTestFinished } from 'vitest'
import {
  type KeyLimits,
  LOCAL_PRINCIPAL,
  type Principal,
} from '../../src/core/decide/gateway-key.ts'
import type { Completion } from '../../src/core/types.ts'
import { createApp } from '../../src/http/app.ts'
import type { Pipeline } from '../../src/pipeline.ts'
import { createRecordCompletion } from '../../src/routing/record-completion.ts'
import { createCallUpstream } from '../../src/upstream/call/call.ts'
import { createUpstreams } from '../../src/upstream/registry/registry.ts'
import { createResilience, type Resilience } from '../../src/upstream/resilience/resilience.ts'
import { chosenFor } from './chosen.ts'
import type { FakeProvider, Fault, ProviderAttempt } from './fake-provider.ts'
import { startFaultyProvider } from './faulty-provider.ts'
import { createFakeDeps, type FakeHttpDeps, fakeDecision } from './http-fakes.ts'

export interface Answer {
  status: number
  headers: Headers
  /** Whole, or as far as it came. */
  text: string
  /** True where the body ended as a body ends, not with the socket. */
  isClean: boolean
  /** From the request to the end of its answer. */
  tookMs: number
}

export interface Rig {
  url: string
  provider: FakeProvider
  resilience: Resilience
  deps: FakeHttpDeps
  /** Completions in the order of their writing. */
  rows: (Completion & { requestId: string })[]
  ask(
    body?: object,
    init?: { signal?: AbortSignal; headers?: Record<string, string> },
  ): Promise<Answer>
  /** The provider's attempts at a model. */
  at(model: string): ProviderAttempt[]
  /** Resolves with the row of a request id, now or later. */
  row(requestId: string): Promise<Completion>
}

export interface RigOptions {
  /** Models of the route `test`, which `ask` asks for; each is a fault of the provider. */
  chain: string[]
  /** Further models, e.g. of fallbacks. */
  others?: string[]
  resilience?: object
  routeResilience?: object
  limits?: object
  /** Context windows by model. */
  windows?: Record<string, number>
  /** The longest answer of every model, as it is configured. */
  maxOutputTokens?: number
  /** USD per million tokens of prompt and of answer, by model; 1 and 2 for the others. */
  prices?: Record<string, [input: number, output: number]>
  /** Whoever asks is one key with these limits; by default nobody needs a key. */
  keyLimits?: KeyLimits
  /** `limits.default_reserved_tokens`. */
  defaultReservedTokens?: number
  /** Models of the provider `spare`, which is the same one under another name. */
  spare?: string[]
  faults?: Record<string, Fault>
  monotonicMs?: () => number
}

const FAST = {
  total_timeout_ms: 5_000,
  first_byte_timeout_ms: 700,
  whole_answer_timeout_ms: 700,
  first_token_timeout_ms: 700,
  idle_timeout_ms: 500,
  backoff_base_ms: 40,
  cooldown_ms: 50,
  breaker_open_ms: 300,
  breaker_max_open_ms: 600,
}

const configOf = (baseUrl: string, options: RigOptions) => {
  const { chain, others = [], spare = [], windows = {}, limits = {}, prices = {} } = options
  const provider = { kind: 'openai', base_url: baseUrl, limits }
  const models = [...chain, ...others].map((id) => [
    id,
    {
      provider: spare.includes(id) ? 'spare' : 'fake',
      name: id,
      input_usd_per_million: (prices[id] ?? [1])[0],
      output_usd_per_million: (prices[id] ?? [1, 2])[1],
      context_window: windows[id] ?? null,
      max_output_tokens: options.maxOutputTokens ?? null,
    },
  ])
  return {
    providers: { fake: provider, spare: provider },
    models: Object.fromEntries(models),
    routes: { test: { models: chain, resilience: options.routeResilience ?? {} } },
    default_route: 'test',
    resilience: { ...FAST, ...options.resilience },
    limits: { default_reserved_tokens: options.defaultReservedTokens },
  }
}

/** Whoever asks where `keyLimits` are given. */
export const keyPrincipal = (limits: KeyLimits): Principal => ({
  ...LOCAL_PRINCIPAL,
  id: 'the-key',
  limits,
})

const readAll = async (response: Response): Promise<{ text: string; isClean: boolean }> => {
  const decoder = new TextDecoder()
  let text = ''
  try {
    for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true })
    return { text, isClean: true }
  } catch {
    return { text, isClean: false }
  }
}

/** The way from HTTP to the faulty provider and back; everything closes when the test has finished. */
export const createRig = async (options: RigOptions): Promise<Rig> => {
  const provider = await startFaultyProvider(options.faults)
  onTestFinished(provider.close)
  const deps = createFakeDeps(configOf(provider.baseUrl, options))
  const { keyLimits } = options
  if (keyLimits) {
    const key = keyPrincipal(keyLimits)
    deps.access.authenticate = async () => key
  }
  const { config, logger } = deps
  const upstreams = createUpstreams({
    providers: config.providers,
    env: {},
    resilience: config.resilience,
    logger,
  })
  const now = (): number => performance.timeOrigin + performance.now()
  const resilience = createResilience({
    config,
    logger,
    ...(options.monotonicMs && { monotonicMs: options.monotonicMs }),
  })
  const targets = Object.fromEntries(
    Object.entries(config.models).map(([model, { provider, name, ...prices }]) => [
      model,
      {
        provider,
        model,
        upstreamName: name,
        price: { input: prices.input_usd_per_million, output: prices.output_usd_per_million },
      },
    ]),
  )
  const callUpstream = createCallUpstream({ upstreams, targets, resilience, now })
  const rows: Rig['rows'] = []
  const watchers = new Set<() => void>()
  const recordCompletion = createRecordCompletion({
    store: { completeDecision: () => undefined },
    targets,
    now,
    onCompletion: ({ requestId }, completion) => {
      rows.push({ ...completion, requestId })
      for (const look of watchers) look()
    },
  })
  const chat: Pipeline['chat'] = async (request) => {
    const { model, chain } = chosenFor(config, { body: request.body })
    const { requestId } = request
    const decision = fakeDecision({ requestId, route: 'test', model, createdAtMs: now() })
    const result = await callUpstream({ ...request, decision, chain })
    recordCompletion(decision, result, request.onComplete)
    return { decision, result }
  }
  deps.pipeline.chat = chat
  const server = serve({
    fetch: createApp(deps).fetch,
    port: 0,
    hostname: '127.0.0.1',
  }) as Server
  await once(server, 'listening')
  onTestFinished(async () => {
    server.closeAllConnections()
    server.close()
    await once(server, 'close')
  })
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/chat/completions`
  let asked = 0
  return {
    url,
    provider,
    resilience,
    deps,
    rows,
    ask: async (body = {}, { signal, headers = {} } = {}) => {
      const startedAtMs = performance.now()
      asked += 1
      const response = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-request-id': `r${asked}`, ...headers },
        body: JSON.stringify({
          model: 'route:test',
          messages: [{ role: 'user', content: 'Hello there' }],
          ...body,
        }),
        ...(signal && { signal }),
      })
      const { status: code, headers: received } = response
      const whole = await readAll(response)
      return { status: code, headers: received, ...whole, tookMs: performance.now() - startedAtMs }
    },
    at: (model) => provider.attempts.filter(({ body }) => body.model === model),
    row: (requestId) =>
      new Promise((resolve) => {
        const look = (): void => {
          const row = rows.find((one) => one.requestId === requestId)
          if (!row) return
          watchers.delete(look)
          resolve(row)
        }
        watchers.add(look)
        look()
      }),
  }
}
