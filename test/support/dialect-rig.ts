// From a client's request in any dialect to a provider of any kind and back, over loopback: what the provider was sent,
// as text and parsed, and what the client was told, whole or as events. No encoder: requests name their model.
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { onTestFinished } from 'vitest'
import { LOCAL_PRINCIPAL } from '../../src/core/decide/gateway-key.ts'
import type { Completion, Decision } from '../../src/core/types.ts'
import { createApp } from '../../src/http/app.ts'
import { createPipeline } from '../../src/pipeline.ts'
import { createRecordCompletion } from '../../src/routing/record-completion.ts'
import { toTargets } from '../../src/service/targets.ts'
import { createCallUpstream } from '../../src/upstream/call/call.ts'
import { createUpstreams } from '../../src/upstream/registry/registry.ts'
import { createResilience } from '../../src/upstream/resilience/resilience.ts'
import { createFakeDeps } from './http-fakes.ts'

// biome-ignore lint/suspicious/noExplicitAny: what was sent and told is looked into by path
export type Loose = any

/** What the fake provider answers: JSON, or events (raw text, or values in `data:` lines). */
export interface Spec {
  status?: number
  headers?: Record<string, string>
  json?: unknown
  /** Values become `data:` events; strings are sent as they are, but for `[DONE]`. */
  sse?: unknown[]
  type?: string
}

export interface Told {
  status: number
  headers: Headers
  text: string
  json: Loose
  /** The `data` of each event, parsed. */
  events: Loose[]
  /** The body ended as a body ends. */
  isClean: boolean
  /** Bodies the provider was sent, in order. */
  sent: Loose[]
  sentText: string[]
  sentTo: string[]
  completion: Completion | null
}

const PROVIDERS = {
  oai: { kind: 'openai', path: '/v1' },
  openai: { kind: 'openai', preset: 'openai', path: '/v1' },
  azure: { kind: 'openai', preset: 'azure', path: '' },
  openrouter: { kind: 'openai', preset: 'openrouter', path: '/v1' },
  groq: { kind: 'openai', preset: 'groq', path: '/v1' },
  together: { kind: 'openai', preset: 'together', path: '/v1' },
  mistral: { kind: 'openai', preset: 'mistral', path: '/v1' },
  deepseek: { kind: 'openai', preset: 'deepseek', path: '/v1' },
  fireworks: { kind: 'openai', preset: 'fireworks', path: '/v1' },
  cerebras: { kind: 'openai', preset: 'cerebras', path: '/v1' },
  xai: { kind: 'openai', preset: 'xai', path: '/v1' },
  vllm: { kind: 'openai', preset: 'vllm', path: '/v1' },
  ollama: { kind: 'openai', preset: 'ollama', path: '/v1' },
  lmstudio: { kind: 'openai', preset: 'lmstudio', path: '/v1' },
  ant: { kind: 'anthropic', path: '/v1' },
  gem: { kind: 'gemini', path: '/v1beta' },
} as const

export type ProviderName = keyof typeof PROVIDERS
export const PROVIDER_NAMES = Object.keys(PROVIDERS) as ProviderName[]

const NAMES: Partial<Record<ProviderName, string>> = {
  ant: 'claude-x',
  gem: 'gemini-2.5-flash',
  oai: 'some-model',
}

/** A model for each provider, of the same id; `oai2` is a second model of `oai`. */
const configOf = (origin: string, changes: Record<string, unknown>) => {
  const price = { input_usd_per_million: 1, output_usd_per_million: 2 }
  const models = Object.fromEntries([
    ...PROVIDER_NAMES.map((id) => [id, { provider: id, name: NAMES[id] ?? `${id}-model` }]),
    ['oai2', { provider: 'oai', name: 'other-model' }],
  ]) as Record<string, object>
  const { models: own = {}, ...others } = changes as { models?: Record<string, object> }
  return {
    providers: Object.fromEntries(
      Object.entries(PROVIDERS).map(([id, { path, ...rest }]) => [
        id,
        { ...rest, base_url: origin + path, api_key_env: 'FAKE_KEY' },
      ]),
    ),
    models: Object.fromEntries(
      [...new Set([...Object.keys(models), ...Object.keys(own)])].map((id) => [
        id,
        { ...price, ...models[id], ...own[id] },
      ]),
    ),
    routes: { test: { models: ['oai'] } },
    default_route: 'test',
    resilience: { breaker_failures: 1000, backoff_base_ms: 1, backoff_max_ms: 2, cooldown_ms: 0 },
    ...others,
  }
}

const write = (spec: Spec, res: ServerResponse): void => {
  const type = spec.type ?? (spec.sse ? 'text/event-stream' : 'application/json')
  res.writeHead(spec.status ?? 200, { 'content-type': type, ...spec.headers })
  if (!spec.sse) {
    res.end(typeof spec.json === 'string' ? spec.json : JSON.stringify(spec.json))
    return
  }
  for (const event of spec.sse) {
    const isRaw = typeof event === 'string' && event !== '[DONE]'
    const typed = event as { type?: unknown }
    const name = typeof typed.type === 'string' ? `event: ${typed.type}\n` : ''
    if (isRaw) res.write(event)
    else res.write(`${name}data: ${event === '[DONE]' ? event : JSON.stringify(event)}\n\n`)
  }
  res.end()
}

const readAll = async (stream: IncomingMessage): Promise<string> => {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(part as Buffer)
  return Buffer.concat(parts).toString()
}

const parsed = (text: string): Loose => {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

const eventsOf = (text: string): Loose[] =>
  text
    .split('\n\n')
    .flatMap((frame) => frame.split('\n').find((line) => line.startsWith('data:')) ?? [])
    .map((line) => parsed(line.slice(5).trim()))

export interface DialectRig {
  /** `answer` by the name of the model at the provider, where it has the key `by`. */
  ask(
    path: string,
    body: object | string,
    answer: Spec | { by: Record<string, Spec> },
    headers?: Record<string, string>,
  ): Promise<Told>
  url: string
  /** What became of a decision, once it is known: a count of ours may take a few turns. */
  completionOf(decisionId: string): Completion | undefined
}

/** Everything closes when the test has finished. */
export const createDialectRig = async (
  changes: Record<string, unknown> = {},
): Promise<DialectRig> => {
  let plan: Spec | { by: Record<string, Spec> } = { json: {} }
  let seen: { text: string; url: string }[] = []
  const provider = createServer(async (req, res) => {
    const text = await readAll(req)
    seen.push({ text, url: req.url ?? '' })
    const model = parsed(text).model ?? /models\/([^:]+):/.exec(req.url ?? '')?.[1]
    const spec = 'by' in plan ? (plan.by[model] ?? plan.by.other) : plan
    write(spec ?? { status: 500, json: {} }, res)
  }).listen(0, '127.0.0.1')
  await once(provider, 'listening')
  const origin = `http://127.0.0.1:${(provider.address() as AddressInfo).port}`
  onTestFinished(() => {
    provider.closeAllConnections()
    provider.close()
  })

  const deps = createFakeDeps(configOf(origin, changes))
  const { config, logger } = deps
  const now = (): number => performance.timeOrigin + performance.now()
  const targets = toTargets(config.models)
  const upstreams = createUpstreams({
    providers: config.providers,
    env: { FAKE_KEY: 'fake-key-123456' },
    resilience: config.resilience,
    logger,
  })
  const resilience = createResilience({ config, logger })
  const completions = new Map<string, Completion>()
  let ids = 0
  const pipeline = createPipeline({
    config,
    configVersion: 'c0ffee',
    classify: async () => {
      throw new Error('Requests of this rig name their model.')
    },
    callUpstream: createCallUpstream({ upstreams, targets, resilience, now }),
    store: { recordDecision: () => undefined },
    recordCompletion: createRecordCompletion({
      store: { completeDecision: () => undefined },
      targets,
      now,
      onCompletion: (decision: Decision, completion) => {
        completions.set(decision.id, completion)
      },
    }),
    onDecision: () => undefined,
    digest: (text) => text,
    newId: () => `d${++ids}`,
    now,
  })
  deps.pipeline.chat = pipeline.chat
  deps.access.authenticate = async () => LOCAL_PRINCIPAL
  const app = createApp(deps)
  return {
    url: origin,
    completionOf: (decisionId) => completions.get(decisionId),
    ask: async (path, body, answer, headers = {}) => {
      plan = answer
      seen = []
      const response = await app.request(path, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
      let text = ''
      let isClean = true
      const decoder = new TextDecoder()
      try {
        for await (const part of response.body ?? []) text += decoder.decode(part, { stream: true })
      } catch {
        isClean = false
      }
      await new Promise(setImmediate)
      return {
        status: response.status,
        headers: response.headers,
        text,
        json: parsed(text),
        events: eventsOf(text),
        isClean,
        sent: seen.map((one) => parsed(one.text)),
        sentText: seen.map((one) => one.text),
        sentTo: seen.map((one) => one.url),
        completion: completions.get(response.headers.get('x-router-decision-id') ?? '') ?? null,
      }
    },
  }
}
