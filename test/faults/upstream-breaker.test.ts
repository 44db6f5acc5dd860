// Section T of the acceptance list, what is learned of targets: breakers, cooldowns, headroom, and the retry budget.
import { expect, it, vi } from 'vitest'
import { errorBody, json } from '../support/fake-provider.ts'
import { answer } from '../support/faulty-provider.ts'
import { createRig, type Rig } from '../support/rig.ts'

const stateOf = (rig: Rig, model: string) =>
  rig.resilience.health().targets.find((target) => target.model === model)

it('T15 serves everything through an outage, hardly asks the dead target, and comes back to it', async () => {
  let isDown = true
  const faults = {
    primary: (x: Parameters<typeof answer>[0]) =>
      isDown ? json(x, 503, errorBody('down')) : answer(x),
  }
  const rig = await createRig({ chain: ['primary', 'ok'], faults })
  const endsAtMs = performance.now() + 2_500
  let asked = 0
  while (performance.now() < endsAtMs || asked < 20) {
    expect(await rig.ask()).toMatchObject({ status: 200 })
    asked += 1
  }
  // Three failures open the breaker for 300 ms, then 600: five probes at most.
  expect(rig.at('primary').length).toBeLessThanOrEqual(3 + 5)
  expect(rig.at('ok')).toHaveLength(asked)
  isDown = false
  await vi.waitFor(
    async () => expect((await rig.ask()).headers.get('x-router-model')).toBe('primary'),
    { timeout: 5_000, interval: 50 },
  )
  expect(stateOf(rig, 'primary')).toMatchObject({ breaker: 'closed', failures: 0 })
})

it('T19 spends few retries on a dead target under load, and opens its breaker', async () => {
  const rig = await createRig({ chain: ['503-forever', 'ok'], limits: { max_concurrent: 300 } })
  const replies = await Promise.all(Array.from({ length: 200 }, () => rig.ask()))
  expect(replies.filter(({ status }) => status !== 200)).toEqual([])
  expect(rig.at('503-forever').length).toBeLessThanOrEqual(200 + 0.2 * 200 + 3)
  expect(stateOf(rig, '503-forever')?.breaker).not.toBe('closed')
  const before = rig.at('503-forever').length
  await rig.ask()
  expect(rig.at('503-forever').length).toBeLessThanOrEqual(before + 1)
})

it('T20 answers at once with 503 and the remaining wait while all targets are open', async () => {
  const open = { breaker_open_ms: 20_000, breaker_max_open_ms: 20_000 }
  const rig = await createRig({ chain: ['503-forever', 'reset-forever'], resilience: open })
  for (let n = 0; n < 3; n += 1) expect((await rig.ask()).status).toBe(503)
  const before = rig.provider.attempts.length
  const replies = []
  for (let n = 0; n < 5; n += 1) replies.push(await rig.ask())
  expect(rig.provider.attempts).toHaveLength(before)
  for (const reply of replies) {
    expect(reply.status).toBe(503)
    expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 'targets_unavailable' } })
    expect(Number(reply.headers.get('retry-after'))).toBeGreaterThanOrEqual(15)
    expect(Number(reply.headers.get('retry-after'))).toBeLessThanOrEqual(20)
    expect(reply.headers.get('x-router-attempts')).toBe('0')
  }
  expect(Math.min(...replies.map(({ tookMs }) => tookMs))).toBeLessThan(50)
})

it.each([
  ['429-long', 60_000],
  ['429-date', 40_000],
  ['429-growing', 30_000],
  ['429-shrinking', 30_000],
  ['429-nan', 10_000],
])('T28 rests a target that answers %s no longer and no shorter than it may', async (fault, ms) => {
  const rig = await createRig({
    chain: [fault, 'ok'],
    resilience: { max_retry_wait_ms: 5, cooldown_ms: 10_000 },
  })
  // Both calls are under way when the first answer comes: the second one's Retry-After meets a cooldown.
  const replies = await Promise.all([rig.ask(), rig.ask()])
  expect(replies.map(({ status }) => status)).toEqual([200, 200])
  const { cooldownMs = 0 } = stateOf(rig, fault) ?? {}
  expect(cooldownMs).toBeGreaterThan(ms - 8_000)
  expect(cooldownMs).toBeLessThanOrEqual(ms)
  const before = rig.at(fault).length
  expect((await rig.ask()).headers.get('x-router-model')).toBe('ok')
  expect(rig.at(fault)).toHaveLength(before)
})

it('T30 opens a breaker by mid-stream cuts', async () => {
  const rig = await createRig({ chain: ['cut-40', 'ok'], resilience: { breaker_open_ms: 20_000 } })
  for (let n = 1; n <= 10; n += 1) {
    await rig.ask({ stream: true })
    await rig.row(`r${n}`) // the end of a stream is known when its tokens have been counted
  }
  expect(stateOf(rig, 'cut-40')).toMatchObject({ breaker: 'open' })
  expect(rig.at('cut-40')).toHaveLength(3)
  expect(await rig.ask({ stream: true })).toMatchObject({ status: 200, isClean: true })
})

it('T30 never opens a breaker by clients that leave', async () => {
  const rig = await createRig({ chain: ['stall-40'] })
  for (let n = 0; n < 50; n += 1) {
    const leaving = new AbortController()
    const response = await fetch(rig.url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-request-id': `leaver-${n}` },
      body: JSON.stringify({
        model: 'route:test',
        stream: true,
        messages: [{ role: 'user', content: 'Hello' }],
      }),
      signal: leaving.signal,
    })
    expect(response.status).toBe(200)
    leaving.abort()
    expect(await rig.row(`leaver-${n}`)).toMatchObject({ outcome: 'client_closed' })
  }
  expect(stateOf(rig, 'stall-40')).toMatchObject({ breaker: 'closed', failures: 0 })
})

it('T31 keeps a cooldown whatever the wall clock does', async () => {
  vi.useFakeTimers({ toFake: ['Date'] })
  try {
    const rig = await createRig({ chain: ['429-long', 'ok'] })
    await rig.ask()
    for (const hours of [1, -1]) {
      vi.setSystemTime(Date.now() + hours * 3_600_000)
      expect((await rig.ask()).headers.get('x-router-model')).toBe('ok')
    }
    expect(rig.at('429-long')).toHaveLength(1)
    expect(stateOf(rig, '429-long')?.cooldownMs).toBeGreaterThan(50_000)
  } finally {
    vi.useRealTimers()
  }
})
