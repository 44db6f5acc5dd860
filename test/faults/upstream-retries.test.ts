// Section T of the acceptance list, retries and fallback: what the client gets, and what the faulty provider has seen.
import { expect, it } from 'vitest'
import { answer, textOf, WHOLE_TEXT } from '../support/faulty-provider.ts'
import { createRig } from '../support/rig.ts'

it('T01 waits as long as a 429 asks for, then is served by the same target', async () => {
  const rig = await createRig({ chain: ['429-once', 'ok'] })
  expect(await rig.ask()).toMatchObject({ status: 200 })
  const [first, second, ...others] = rig.at('429-once')
  expect(others).toEqual([])
  expect((second?.atMs ?? 0) - (first?.atMs ?? 0)).toBeGreaterThan(900)
  expect(rig.at('ok')).toEqual([])
})

it('T01 fails over at once where the wait would exceed the deadline', async () => {
  const rig = await createRig({
    chain: ['429-long', 'ok'],
    resilience: { total_timeout_ms: 3_000 },
  })
  const reply = await rig.ask()
  expect(reply).toMatchObject({ status: 200 })
  expect(reply.headers.get('x-router-attempts')).toBe('2')
  expect(reply.headers.get('x-router-model')).toBe('ok')
  expect(reply.tookMs).toBeLessThan(1_500)
  expect(rig.at('429-long')).toHaveLength(1)
})

it('T02 backs off from a 429 without a header by a random wait, then falls back', async () => {
  const gaps: number[] = []
  for (let n = 0; n < 6; n += 1) {
    const rig = await createRig({
      chain: ['429-forever', 'ok'],
      resilience: { backoff_base_ms: 80 },
    })
    expect(await rig.ask()).toMatchObject({ status: 200 })
    const [first, second, ...others] = rig.at('429-forever')
    expect(others).toEqual([])
    gaps.push(Math.round((second?.atMs ?? 0) - (first?.atMs ?? 0)))
    expect(rig.at('ok')).toHaveLength(1)
  }
  expect(new Set(gaps).size).toBeGreaterThan(2)
})

it('T02 keeps a 429 and tells when to come back where no other target is left', async () => {
  const rig = await createRig({ chain: ['429-long'], resilience: { total_timeout_ms: 3_000 } })
  const reply = await rig.ask()
  expect(reply.status).toBe(429)
  expect(reply.headers.get('retry-after')).toBe('60')
  expect(reply.headers.get('x-should-retry')).toBeNull()
})

it('T03 repeats a 500 once at the same target', async () => {
  const rig = await createRig({ chain: ['500-once', 'ok'] })
  const reply = await rig.ask()
  expect(reply).toMatchObject({ status: 200 })
  expect(reply.headers.get('x-router-attempts')).toBe('2')
  expect(rig.at('500-once')).toHaveLength(2)
  expect(rig.at('ok')).toEqual([])
})

it('T04 falls back from a target that stays down, with a stream as with JSON', async () => {
  for (const stream of [false, true]) {
    const rig = await createRig({ chain: ['503-forever', 'ok'] })
    const reply = await rig.ask({ stream })
    expect(reply).toMatchObject({ status: 200, isClean: true })
    expect(stream ? textOf(reply.text) : reply.text).toContain(WHOLE_TEXT)
    expect(rig.at('503-forever')).toHaveLength(2)
    expect(rig.at('ok')).toHaveLength(1)
  }
})

it('T04 tells of the provider’s own failure and its attempts where there is no fallback', async () => {
  const rig = await createRig({ chain: ['503-forever'] })
  const reply = await rig.ask()
  expect(reply.status).toBe(503)
  expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 'upstream_error' } })
  expect(reply.text).toContain('503')
  expect(reply.headers.get('x-router-attempts')).toBe('2')
  expect(reply.headers.get('x-should-retry')).toBe('false')
})

it('T05 repeats a call whose connection was reset before an answer, each exactly once', async () => {
  const rig = await createRig({ chain: ['reset-odd'] })
  for (let n = 0; n < 40; n += 1) expect(await rig.ask()).toMatchObject({ status: 200 })
  expect(rig.at('reset-odd')).toHaveLength(80)
})

it('T05 serves every call over sockets that the provider closes unannounced', async () => {
  const faults = {
    closing: (x: Parameters<typeof answer>[0]) => {
      x.response.once('finish', () => setTimeout(() => x.request.socket.destroy(), 4))
      return answer(x)
    },
  }
  const rig = await createRig({ chain: ['closing'], faults })
  for (let n = 0; n < 40; n += 1) expect(await rig.ask()).toMatchObject({ status: 200 })
  const repeated = rig.at('closing').length - 40
  const rows = rig.rows.filter(({ attempts }) => attempts.length > 1)
  expect(repeated).toBeLessThanOrEqual(rows.length) // a reset before the provider has read the call is not in its log
  expect(rows.every(({ attempts }) => attempts.length === 2)).toBe(true)
})

it('T05 never repeats a call at the same target once bytes of an answer were seen', async () => {
  for (const fault of ['cut-json', 'cut-before-content']) {
    const rig = await createRig({ chain: [fault, 'ok'] })
    const stream = fault === 'cut-before-content'
    expect(await rig.ask({ stream })).toMatchObject({ status: 200, isClean: true })
    expect(rig.at(fault)).toHaveLength(1)
    expect(rig.at('ok')).toHaveLength(1)
  }
})

it('T12 does not repeat a prompt that is too long, and gives the 400 on unchanged', async () => {
  const rig = await createRig({ chain: ['context-length', 'ok'], windows: { ok: 4_000 } })
  const reply = await rig.ask()
  expect(reply.status).toBe(400)
  expect(JSON.parse(reply.text)).toMatchObject({
    error: { code: 'context_length_exceeded', message: 'status 400' },
  })
  expect(rig.provider.attempts).toHaveLength(1)
})

it('T12 takes a prompt that is too long to a model with a larger context', async () => {
  const windows = { 'context-length': 4_000, 'ok#1': 4_000, 'ok#2': 128_000 }
  const known = await createRig({ chain: ['context-length', 'ok#1', 'ok#2'], windows })
  expect((await known.ask()).headers.get('x-router-model')).toBe('ok#2')
  expect(known.at('context-length')).toHaveLength(1)
  const configured = await createRig({
    chain: ['context-length'],
    others: ['ok'],
    routeResilience: { fallbacks: { context_window: ['ok'] } },
  })
  expect((await configured.ask()).headers.get('x-router-model')).toBe('ok')
  expect(configured.provider.attempts).toHaveLength(2)
})

it('T13 neither repeats nor reroutes what a content filter refused, and keeps its reason', async () => {
  const rig = await createRig({
    chain: ['content-filter', 'ok'],
    resilience: { fallbacks: { general: ['ok'] } },
  })
  const reply = await rig.ask()
  expect(reply.status).toBe(400)
  expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 'content_filter' } })
  expect(rig.provider.attempts).toHaveLength(1)
  expect(rig.resilience.health().targets[0]).toMatchObject({ breaker: 'closed', failures: 0 })
})

it('T13 reroutes it where the configuration says to whom', async () => {
  const rig = await createRig({
    chain: ['content-filter'],
    others: ['ok'],
    resilience: { fallbacks: { content_policy: ['ok'] } },
  })
  expect((await rig.ask()).headers.get('x-router-model')).toBe('ok')
})

it('T14 tells of the original failure where the fallback refuses the request', async () => {
  const rig = await createRig({ chain: ['503-forever', 'refuses-prefill'] })
  const reply = await rig.ask()
  expect(reply.status).toBe(503)
  expect(reply.text).not.toContain('prefill')
  expect(rig.at('refuses-prefill')).toHaveLength(1)
})

it('T16 bills only the attempt that served, names its model, and keeps all attempts', async () => {
  const rig = await createRig({ chain: ['503-forever', 'ok'] })
  const reply = await rig.ask()
  expect(JSON.parse(reply.text)).toMatchObject({ model: 'ok' })
  const row = await rig.row('r1')
  expect(row).toMatchObject({ outcome: 'served', model: 'ok', costUsd: (7 * 1 + 3 * 2) / 1e6 })
  expect(row.attempts.map(({ model, status, errorCode }) => [model, status, errorCode])).toEqual([
    ['503-forever', 503, 'upstream_error'],
    ['503-forever', 503, 'upstream_error'],
    ['ok', 200, null],
  ])
})

it('T17 makes at most four calls, each target once where there are four', async () => {
  const chain = ['503-forever', '503-forever#2', '503-forever#3', '503-forever#4', 'ok']
  const rig = await createRig({ chain })
  expect((await rig.ask()).status).toBe(503)
  expect(rig.provider.attempts.map(({ body }) => body.model)).toEqual(chain.slice(0, 4))
})

it('T24 falls back from what is no answer: JSON error, error event, HTML, nothing', async () => {
  const faults = {
    json: ['json-error', 'html', 'empty', 'no-choices'],
    stream: ['error-first', 'json-error', 'html-as-stream', 'empty-stream', 'done-only'],
  }
  for (const [form, names] of Object.entries(faults)) {
    for (const fault of names) {
      const rig = await createRig({ chain: [fault, 'ok'] })
      const reply = await rig.ask({ stream: form === 'stream' })
      expect(reply, fault).toMatchObject({ status: 200, isClean: true })
      expect(reply.text, fault).toContain('t59 ')
      expect(rig.at(fault), fault).toHaveLength(1)
    }
  }
})

it('T25 does not follow a redirect', async () => {
  const rig = await createRig({ chain: ['redirect'] })
  expect((await rig.ask()).status).toBe(502)
  expect(rig.provider.attempts.map(({ path }) => path)).toEqual(['/v1/chat/completions'])
})

it('T29 is done with a provider that refuses its key, and tells the caller 502, not 401', async () => {
  const alone = await createRig({ chain: ['401-forever', 'ok'] })
  const reply = await alone.ask()
  expect(reply.status).toBe(502)
  expect(alone.provider.attempts).toHaveLength(1)
  expect(alone.resilience.health().providers[0]).toMatchObject({
    isKeyRejected: true,
    keyRejections: 1,
  })
  const spared = await createRig({ chain: ['401-forever', 'ok#1', 'ok#2'], spare: ['ok#2'] })
  expect((await spared.ask()).headers.get('x-router-model')).toBe('ok#2')
  expect(spared.at('ok#1')).toEqual([])
})

it('lets a caller fail the n-th target of its own request, without a trace at the target', async () => {
  const faults = { seen: answer }
  const rig = await createRig({ chain: ['seen', 'ok'], faults })
  const byHeader = await rig.ask({}, { headers: { 'x-router-fail-targets': '1' } })
  const byField = await rig.ask({ x_router_fail_targets: [1] })
  for (const reply of [byHeader, byField]) {
    expect(reply.headers.get('x-router-model')).toBe('ok')
    expect(reply.headers.get('x-router-attempts')).toBe('2')
  }
  expect(rig.at('seen')).toEqual([])
  expect(JSON.stringify(rig.provider.attempts.map(({ body }) => body))).not.toContain(
    'fail_targets',
  )
  expect(rig.resilience.health().targets[0]).toMatchObject({ failures: 0 })
  expect((await rig.ask({}, { headers: { 'x-router-fail-targets': '1,2' } })).status).toBe(503)
  expect((await rig.ask({}, { headers: { 'x-router-fail-targets': 'all' } })).status).toBe(400)
})

it('refuses forced failures where the configuration does not allow them', async () => {
  const rig = await createRig({ chain: ['ok'], resilience: { allow_forced_failures: false } })
  const reply = await rig.ask({}, { headers: { 'x-router-fail-targets': '1' } })
  expect(reply.status).toBe(400)
  expect(JSON.parse(reply.text)).toMatchObject({ error: { param: 'x-router-fail-targets' } })
  expect(rig.provider.attempts).toEqual([])
})
