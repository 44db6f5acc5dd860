// Many requests at once on a key whose limit is for a few: from HTTP to a provider on loopback and back, whole and
// streamed, with failover. What is spent never exceeds what was held, and the key's account is the sum of the rows.
import { describe, expect, it } from 'vitest'
import type { KeyLimits, LimitName } from '../../src/core/decide/gateway-key.ts'
import { createApp } from '../../src/http/app.ts'
import { deferred } from '../support/deferred.ts'
import type { Exchange, Fault } from '../support/fake-provider.ts'
import { createFakeDeps } from '../support/http-fakes.ts'
import { createRig, keyPrincipal, type Rig, type RigOptions } from '../support/rig.ts'

/** As `requestTokens` estimates 'Hello there' in one message. */
const PROMPT = 8
const ANSWER = 100
const TOKENS = PROMPT + ANSWER
/** At 1 and 2 USD per million. */
const COST = (PROMPT + 2 * ANSWER) / 1e6

/** Answers with so many tokens, whole or streamed. */
const answering = (completion: number, prompt = PROMPT): Fault => {
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
  }
  const head = { id: 'c1', created: 1, model: 'up' }
  return ({ body, response }: Exchange) => {
    if (body.stream !== true) {
      const message = { role: 'assistant', content: 'Hello.' }
      const choices = [{ index: 0, message, finish_reason: 'stop' }]
      response.writeHead(200, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ ...head, object: 'chat.completion', choices, usage }))
      return
    }
    const event = (choices: object[], rest = {}): string =>
      `data: ${JSON.stringify({ ...head, object: 'chat.completion.chunk', choices, ...rest })}\n\n`
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(event([{ index: 0, delta: { role: 'assistant', content: 'Hello.' } }]))
    response.write(event([{ index: 0, delta: {}, finish_reason: 'stop' }]))
    response.end(`${event([], { usage })}data: [DONE]\n\n`)
  }
}

/** A thousand requests on a busy machine are no fault of the provider. */
const UNHURRIED = {
  total_timeout_ms: 60_000,
  first_byte_timeout_ms: 60_000,
  whole_answer_timeout_ms: 60_000,
  first_token_timeout_ms: 60_000,
}

const createRace = (keyLimits: KeyLimits, options: Partial<RigOptions> = {}): Promise<Rig> =>
  createRig({
    chain: ['full'],
    maxOutputTokens: ANSWER,
    keyLimits,
    faults: { full: answering(ANSWER), short: answering(3), long: answering(10 * ANSWER) },
    ...options,
    resilience: { ...UNHURRIED, ...options.resilience },
  })

interface Answer {
  status: number
  text: string
}

/** In process, as a thousand sockets and their peers are more than some machines open; the provider's are real. */
const askAll = (rig: Rig, times: number, body: object): Promise<Answer[]> => {
  const app = createApp(rig.deps)
  const prompt = { model: 'route:test', messages: [{ role: 'user', content: 'Hello there' }] }
  const ask = async (): Promise<Answer> => {
    const response = await app.request('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ...prompt, ...body }),
    })
    return { status: response.status, text: await response.text() }
  }
  return Promise.all(Array.from({ length: times }, ask))
}

/** How many were served, all others being refused for the limit. */
const servedOf = (answers: Answer[]): number => {
  const refused = answers.filter(({ status }) => status === 429)
  for (const { text } of refused) expect(text).toMatch(/insufficient_quota|rate_limit_exceeded/)
  const served = answers.filter(({ status }) => status === 200)
  expect(served.length + refused.length).toBe(answers.length)
  return served.length
}

/** The key's account against the rows, and what both say. */
const accountOf = (rig: Rig): { tokens: number; costUsd: number } => {
  const { day } = rig.deps.access.limits.usage('the-key')
  let costUsd = 0
  let tokens = 0
  for (const row of rig.rows) {
    costUsd += row.costUsd ?? 0
    tokens += row.usage ? row.usage.promptTokens + row.usage.completionTokens : 0
  }
  expect(day.budget_usd).toBeCloseTo(costUsd, 9)
  expect(day.tokens).toBe(tokens)
  return { tokens, costUsd }
}

const limitFor = (name: LimitName, calls: number): KeyLimits => ({
  [name]: calls * (name.startsWith('tokens') ? TOKENS : COST),
})

describe('a race for a budget', () => {
  const chains: [string, string[]][] = [
    ['without failover', ['full']],
    ['with failover', ['503-forever', 'full']],
  ]
  const sizes = { 1: [100, 200], 10: [100, 1_000], 50: [100, 200] }
  for (const [calls, most] of Object.entries(sizes).map(
    ([n, each]) => [Number(n), each] as const,
  )) {
    for (const parallel of most) {
      for (const stream of [false, true]) {
        it.each(chains)(
          `of ${parallel} ${stream ? 'streams' : 'whole answers'} for ${calls} is won by ${calls}, %s`,
          async (_how, chain) => {
            const rig = await createRace(limitFor('budget_usd_per_day', calls), {
              chain,
              resilience: { max_attempts: 2 },
            })
            const answers = await askAll(rig, parallel, { stream })
            expect(servedOf(answers)).toBe(calls)
            expect(accountOf(rig).costUsd).toBeCloseTo(calls * COST, 9)
            expect(rig.at('full')).toHaveLength(calls)
          },
          60_000,
        )
      }
    }
  }
})

describe('a race for each kind of limit', () => {
  const names: LimitName[] = [
    'tokens_per_minute',
    'tokens_per_day',
    'tokens_per_month',
    'budget_usd_per_minute',
    'budget_usd_per_day',
    'budget_usd_per_month',
  ]

  it.each(names)('%s is won by as many as fit', async (name) => {
    const rig = await createRace(limitFor(name, 10))
    expect(servedOf(await askAll(rig, 100, {}))).toBe(10)
    expect(accountOf(rig).tokens).toBe(10 * TOKENS)
  })

  it.each(['requests_per_minute', 'requests_per_day', 'requests_per_month'] as const)(
    '%s is won by as many as fit',
    async (name) => {
      const rig = await createRace({ [name]: 10 })
      expect(servedOf(await askAll(rig, 100, {}))).toBe(10)
      expect(rig.at('full')).toHaveLength(10)
    },
  )

  it('holds for the tighter of two', async () => {
    const rig = await createRace({
      ...limitFor('tokens_per_minute', 7),
      ...limitFor('budget_usd_per_month', 4),
    })
    expect(servedOf(await askAll(rig, 100, {}))).toBe(4)
  })
})

describe('what a request in flight holds', () => {
  it('is what it sets as its limit, and then nothing goes beyond the budget', async () => {
    const rig = await createRace(limitFor('budget_usd_per_day', 4.9))
    expect(servedOf(await askAll(rig, 100, { max_tokens: ANSWER }))).toBe(4)
    expect(accountOf(rig).costUsd).toBeLessThanOrEqual(4.9 * COST)
  })

  it('is the longest answer of the model where it sets none: one such answer may go beyond', async () => {
    const rig = await createRace(limitFor('budget_usd_per_day', 4.9))
    expect(servedOf(await askAll(rig, 100, {}))).toBe(5)
    expect(accountOf(rig).costUsd).toBeLessThanOrEqual(4.9 * COST + (2 * ANSWER) / 1e6)
  })

  it('is limits.default_reserved_tokens where the model has no longest answer', async () => {
    const rig = await createRig({
      chain: ['full'],
      defaultReservedTokens: ANSWER,
      keyLimits: limitFor('tokens_per_day', 10),
      faults: { full: answering(ANSWER) },
    })
    expect(servedOf(await askAll(rig, 100, {}))).toBe(10)
  })

  it('is every answer of a request for several', async () => {
    const rig = await createRace({ tokens_per_day: 10 * (PROMPT + 5 * ANSWER) })
    expect(servedOf(await askAll(rig, 100, { n: 5, max_tokens: ANSWER }))).toBe(10)
  })

  it('is the price of the dearest model that may come to serve it', async () => {
    const dear: [number, number] = [10, 20]
    const rig = await createRace(limitFor('budget_usd_per_day', 20), {
      chain: ['503-forever'],
      others: ['full', 'short'],
      resilience: { max_attempts: 2, fallbacks: { general: ['full'] } },
      prices: { full: dear },
    })
    expect(servedOf(await askAll(rig, 100, {}))).toBe(2)
    expect(accountOf(rig).costUsd).toBeCloseTo(20 * COST, 9)
  })

  it('is replaced by what it took: who comes later finds the rest', async () => {
    const rig = await createRace({ tokens_per_day: 10 * TOKENS }, { chain: ['short'] })
    const served: number[] = []
    for (let round = 0; round < 5; round += 1) served.push(servedOf(await askAll(rig, 30, {})))
    expect(Math.min(...served)).toBeGreaterThanOrEqual(5)
    expect(accountOf(rig).tokens).toBeLessThanOrEqual(10 * TOKENS)
  })

  it('bounds the excess where a provider answers at more length than it was held for', async () => {
    const rig = await createRace(limitFor('tokens_per_day', 3), { chain: ['long'] })
    expect(servedOf(await askAll(rig, 100, {}))).toBe(3)
    expect(servedOf(await askAll(rig, 20, {}))).toBe(0)
    expect(accountOf(rig).tokens).toBe(3 * (PROMPT + 10 * ANSWER))
  })

  it('is given back where nothing served, and nothing is charged', async () => {
    const rig = await createRace(limitFor('budget_usd_per_day', 2), { chain: ['503-forever'] })
    const answers = await askAll(rig, 50, {})
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([429, 503]))
    expect(accountOf(rig).costUsd).toBe(0)
    const all = { tokens: 0, costUsd: 2 * COST }
    const key = keyPrincipal(limitFor('budget_usd_per_day', 2))
    rig.deps.access.limits.reserve(key, { least: all, most: all }).settle()
  })

  it('is given back where the client leaves, and charged with what the row says', async () => {
    const rig = await createRace(limitFor('tokens_per_day', 2), { chain: ['stall-40', 'full'] })
    const leaving = new AbortController()
    const streams = [1, 2].map(() => rig.ask({ stream: true }, { signal: leaving.signal }))
    await rig.provider.nextAttempt()
    while (rig.at('stall-40').length < 2) await rig.provider.nextAttempt()
    expect((await rig.ask()).status).toBe(429)
    leaving.abort()
    await Promise.allSettled(streams)
    await Promise.all([rig.row('r1'), rig.row('r2')])
    const rest = { tokens: 2 * TOKENS - accountOf(rig).tokens, costUsd: 0 }
    const key = keyPrincipal(limitFor('tokens_per_day', 2))
    rig.deps.access.limits.reserve(key, { least: rest, most: rest }).settle()
    expect(rest.tokens).toBeGreaterThan(0)
  })
})

describe('a race for embeddings', () => {
  const race = async (model: string, limits: KeyLimits) => {
    const deps = createFakeDeps({
      models: { embedder: { provider: 'demo', name: 'e', input_usd_per_million: 1 } },
      routes: { general: { models: ['embedder'] } },
    })
    deps.access.authenticate = async () => keyPrincipal(limits)
    const { promise: gate, resolve: open } = deferred<void>()
    const usage = { prompt_tokens: 4, total_tokens: 4 }
    deps.embeddings.embedUpstream = async () => {
      await gate
      return { object: 'list', data: [], model, usage }
    }
    deps.embeddings.embedLocally = async (texts) => {
      await gate
      return { vectors: texts.map(() => Float32Array.of(1, 0, 0, 0)), tokens: 4 }
    }
    const app = createApp(deps)
    const asking = Array.from({ length: 100 }, () =>
      app.request('/v1/embeddings', {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ model, input: 'hello world' }),
      }),
    )
    const first = Promise.race(asking.map(async (one) => (await one).status))
    expect(await first).toBe(429)
    open()
    const statuses = (await Promise.all(asking)).map(({ status }) => status)
    return { served: statuses.filter((status) => status === 200).length, deps }
  }

  it.each([
    ['tokens, at a provider', 'embedder', { tokens_per_minute: 40 }],
    ['a budget, at a provider', 'embedder', { budget_usd_per_day: 40e-6 }],
    ['tokens, of the local encoder', 'local', { tokens_per_day: 40 }],
  ] as const)('for %s is won by as many as fit', async (_what, model, limits) => {
    const { served, deps } = await race(model, limits)
    expect(served).toBe(10)
    expect(deps.access.limits.usage('the-key').day.tokens).toBe(40)
  })
})
