import { expect, it } from 'vitest'
import type { Usage } from '../../src/core/types.ts'
import { RouterError } from '../../src/errors.ts'
import type { RequestFacts } from '../../src/telemetry/metrics.ts'
import type { StreamEnd } from '../../src/upstream/upstream.ts'
import { completionBody, fakeAttempt } from '../support/http-fakes.ts'
import { describeHttp } from '../support/http-matrix.ts'

const secret = 'tell-nobody-7f3a'
const chat = '/v1/chat/completions'
const body = { model: 'auto', messages: [{ role: 'user', content: secret }] }

describeHttp('the request log', (http) => {
  it('has one line per routed request, with how it was routed and without the prompt', async () => {
    const { post, deps } = await http.start()
    await post(chat, body, { authorization: `Bearer ${secret}`, 'x-session-id': secret })
    const line = await deps.logged(({ message }) => message === 'request')
    expect(line.level).toBe('info')
    const { overheadMs, upstreamMs, totalMs, ...facts } = line.facts
    expect(facts).toEqual({
      requestId: 'id-1',
      method: 'POST',
      path: chat,
      status: 200,
      decisionId: deps.pipeline.decision.id,
      route: 'code',
      model: 'vendor/large:free',
      provider: 'demo',
      reason: 'matched',
      attempts: 1,
      fallback: false,
      cache: 'bypass',
      outcome: 'served',
      costUsd: null,
      firstTokenMs: 11,
    })
    for (const ms of [overheadMs, upstreamMs, totalMs]) expect(ms).toBeTypeOf('number')
    expect(deps.lines).toHaveLength(1)
    expect(JSON.stringify(deps.lines)).not.toContain(secret)
  })

  it('says what an answer took, and that another than the decided model gave it', async () => {
    const { post, deps } = await http.start()
    const usage = { promptTokens: 7, completionTokens: 11, isEstimated: true }
    deps.pipeline.reply = { kind: 'json', status: 200, body: completionBody, usage }
    deps.pipeline.attempts = [
      fakeAttempt({ durationMs: 30, errorCode: 'upstream_error', status: 500 }),
      fakeAttempt({ provider: 'spare', model: 'small', durationMs: 12 }),
    ]
    await post(chat, body)
    const { facts } = await deps.logged(({ message }) => message === 'request')
    expect(facts).toMatchObject({
      model: 'small',
      provider: 'spare',
      attempts: 2,
      fallback: true,
      upstreamMs: 42,
      promptTokens: 7,
      completionTokens: 11,
      tokensEstimated: true,
      costUsd: 0.25,
    })
  })

  it('says of a failed request that it failed, and gives it no cost', async () => {
    const { post, deps } = await http.start()
    deps.pipeline.failure = new RouterError('upstream_timeout', 'late')
    await post(chat, body)
    const { facts } = await deps.logged(({ message }) => message === 'request')
    expect(facts).toMatchObject({ status: 504, outcome: 'failed', errorCode: 'upstream_timeout' })
    expect(facts).not.toHaveProperty('costUsd')
    expect(facts).not.toHaveProperty('firstTokenMs')
  })

  it('waits for the tokens of a stream, which may be counted after its last byte', async () => {
    const { post, deps } = await http.start()
    let count = (_usage: Usage): void => {}
    const end = new Promise<StreamEnd>((resolve) => {
      count = (usage) => resolve({ outcome: 'served', usage, errorCode: null })
    })
    const stream = new Blob(['data: [DONE]\n\n']).stream()
    deps.pipeline.reply = { kind: 'stream', status: 200, stream, end }
    await (await post(chat, { ...body, stream: true })).text()
    expect(deps.lines).toEqual([])
    count({ promptTokens: 3, completionTokens: 4, isEstimated: false })
    const { facts } = await deps.logged(({ message }) => message === 'request')
    expect(facts).toMatchObject({ streamEnd: 'complete', promptTokens: 3, completionTokens: 4 })
  })

  it('holds the routing text only where log_prompts asks for it', async () => {
    const { post, deps } = await http.start({ telemetry: { log_prompts: true } })
    await post(chat, body)
    const { facts } = await deps.logged(({ message }) => message === 'request')
    expect(facts.prompt).toBe(deps.pipeline.decision.routingText.text)
  })

  it('names patterns, never paths', async () => {
    const { request, deps } = await http.start()
    await request(`/v1/decisions/${secret}?route=${secret}`)
    await request(`/v1/models/${secret}`)
    await request(`/${secret}`)
    await deps.logged(() => deps.lines.length === 3)
    expect(deps.lines.map(({ facts }) => facts.path)).toEqual([
      '/v1/decisions/:id',
      '/v1/models/:id{.+}',
      'unmatched',
    ])
    expect(JSON.stringify(deps.lines)).not.toContain(secret)
  })

  it('warns of an upstream failure and keeps probes quiet', async () => {
    const { post, request, deps } = await http.start()
    deps.pipeline.failure = new RouterError('upstream_timeout', `about ${secret}`)
    deps.pipeline.attempts = [fakeAttempt({ errorCode: 'upstream_timeout' })]
    await post(chat, body)
    await request('/healthz')
    await deps.logged(() => deps.lines.length === 2)
    expect(deps.lines.map(({ level, facts }) => [level, facts.status, facts.errorCode])).toEqual([
      ['warn', 504, 'upstream_timeout'],
      ['debug', 200, undefined],
    ])
    expect(JSON.stringify(deps.lines)).not.toContain(secret)
  })

  it('does not log what a refused body held', async () => {
    const { post, deps } = await http.start()
    await post(chat, `{"model": "auto", "messages": ${secret}}`)
    await post(chat, { ...body, model: secret })
    await post(chat, { ...body, messages: [{ role: secret }] })
    await deps.logged(() => deps.lines.length === 3)
    expect(deps.lines.map(({ facts }) => facts.status)).toEqual([400, 404, 400])
    expect(JSON.stringify(deps.lines)).not.toContain(secret)
  })

  it('counts every request with its pattern and, where routed, its overhead', async () => {
    const { post, request, deps } = await http.start()
    const seen: RequestFacts[] = []
    deps.metrics.onRequest = (facts) => seen.push(facts)
    await post(chat, body)
    await request('/nothing')
    await deps.logged(() => deps.lines.length === 2)
    expect(seen.map(({ method, path, status }) => [method, path, status])).toEqual([
      ['POST', chat, 200],
      ['GET', 'unmatched', 404],
    ])
    expect(seen[0]?.overheadMs).toBeTypeOf('number')
    expect(seen[1]?.overheadMs).toBeNull()
  })
})
