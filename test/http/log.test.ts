import { expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import type { RequestFacts } from '../../src/telemetry/metrics.ts'
import { fakeAttempt } from '../support/http-fakes.ts'
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
    const { overheadMs, durationMs, ...facts } = line.facts
    expect(facts).toEqual({
      requestId: 'id-1',
      method: 'POST',
      path: chat,
      status: 200,
      decisionId: deps.pipeline.decision.id,
      route: 'code',
      model: 'vendor/large:free',
      reason: 'matched',
      attempts: 1,
    })
    expect(overheadMs).toBeTypeOf('number')
    expect(durationMs).toBeTypeOf('number')
    expect(deps.lines).toHaveLength(1)
    expect(JSON.stringify(deps.lines)).not.toContain(secret)
  })

  it('names patterns, never paths', async () => {
    const { request, deps } = await http.start()
    await request(`/v1/decisions/${secret}?route=${secret}`)
    await request(`/v1/models/${secret}`)
    await request(`/${secret}`)
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
    expect(deps.lines.map(({ facts }) => facts.status)).toEqual([400, 404, 400])
    expect(JSON.stringify(deps.lines)).not.toContain(secret)
  })

  it('counts every request with its pattern and, where routed, its overhead', async () => {
    const { post, request, deps } = await http.start()
    const seen: RequestFacts[] = []
    deps.metrics.onRequest = (facts) => seen.push(facts)
    await post(chat, body)
    await request('/nothing')
    expect(seen.map(({ method, path, status }) => [method, path, status])).toEqual([
      ['POST', chat, 200],
      ['GET', 'unmatched', 404],
    ])
    expect(seen[0]?.overheadMs).toBeTypeOf('number')
    expect(seen[1]?.overheadMs).toBeNull()
  })
})
