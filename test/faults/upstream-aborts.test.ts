// Section T of the acceptance list, item T21 and the queue: a client that leaves in any phase closes the upstream and
// costs no further attempt; a full queue says so at once.
import { setTimeout as sleep } from 'node:timers/promises'
import { expect, it, vi } from 'vitest'
import { createRig, type Rig, type RigOptions } from '../support/rig.ts'

const CLOSE_MS = 250

/** Nothing is held and nothing is waited for. */
const expectIdle = (rig: Rig): void => {
  expect(rig.resilience.health()).toMatchObject({
    inFlight: 0,
    retrying: 0,
    providers: [
      { active: 0, queued: 0 },
      { active: 0, queued: 0 },
    ],
  })
}

/** Starts a request and reads what comes until it is told to leave. */
const start = (rig: Rig, id: string, body: object) => {
  const leaving = new AbortController()
  const headers = { 'x-request-id': id }
  const gone = rig.ask(body, { signal: leaving.signal, headers }).catch(() => null)
  return { gone, leave: () => leaving.abort() }
}

interface Phase {
  name: string
  options: RigOptions
  body?: object
  /** Resolves when the phase has been reached. */
  reached: (rig: Rig) => Promise<unknown>
  calls: number
}

const first = (rig: Rig) => rig.provider.nextAttempt()

const PHASES: Phase[] = [
  {
    name: 'in backoff',
    options: { chain: ['429-patient'], resilience: { total_timeout_ms: 60_000 } },
    reached: async (rig) => {
      await (await first(rig)).closed
      await vi.waitFor(() => expect(rig.resilience.health().retrying).toBe(1))
    },
    calls: 1,
  },
  { name: 'before headers', options: { chain: ['silent', 'ok'] }, reached: first, calls: 1 },
  {
    name: 'before the first token',
    options: { chain: ['role-only', 'ok'] },
    body: { stream: true },
    reached: async (rig) => {
      await first(rig)
      await sleep(100)
    },
    calls: 1,
  },
  {
    name: 'mid-stream',
    options: { chain: ['stall-40', 'ok'] },
    body: { stream: true },
    reached: async (rig) => {
      await first(rig)
      await sleep(100)
    },
    calls: 1,
  },
  {
    name: 'in a held-back stream',
    options: { chain: ['stall-40', 'ok'], resilience: { stream: 'buffered' } },
    body: { stream: true },
    reached: async (rig) => {
      await first(rig)
      await sleep(100)
    },
    calls: 1,
  },
  {
    name: 'in an answer that is not streamed',
    options: { chain: ['stall-json', 'ok'] },
    reached: async (rig) => {
      await first(rig)
      await sleep(100)
    },
    calls: 1,
  },
]

it.each(PHASES)(
  'T21 a client that leaves $name closes the upstream and costs no further attempt',
  async ({ options, body = {}, reached, calls }) => {
    const patient = {
      first_byte_timeout_ms: 20_000,
      whole_answer_timeout_ms: 20_000,
      first_token_timeout_ms: 20_000,
      idle_timeout_ms: 20_000,
    }
    const rig = await createRig({ ...options, resilience: { ...patient, ...options.resilience } })
    const arrival = reached(rig)
    const { gone, leave } = start(rig, 'leaver', body)
    await arrival
    const leftAtMs = performance.now()
    leave()
    await gone
    expect(await rig.row('leaver')).toMatchObject({ outcome: 'client_closed' })
    for (const attempt of rig.provider.attempts) await attempt.closed
    for (const { closedAtMs } of rig.provider.attempts) {
      expect((closedAtMs ?? Infinity) - leftAtMs).toBeLessThan(CLOSE_MS)
    }
    expectIdle(rig)
    await sleep(700)
    expect(rig.provider.attempts).toHaveLength(calls)
    expect(rig.resilience.health().targets.every(({ failures }) => failures === 0)).toBe(true)
  },
)

it('T21 a client that leaves the queue is forgotten, and its place goes to the next', async () => {
  const patient = {
    first_byte_timeout_ms: 20_000,
    whole_answer_timeout_ms: 20_000,
    total_timeout_ms: 30_000,
  }
  const rig = await createRig({
    chain: ['silent'],
    others: ['ok'],
    limits: { max_concurrent: 1 },
    resilience: patient,
  })
  const arrived = first(rig)
  const holder = start(rig, 'holder', {})
  await arrived
  const leaver = start(rig, 'leaver', { model: 'ok' })
  await vi.waitFor(() => expect(rig.resilience.health().providers[0]?.queued).toBe(1))
  const next = rig.ask({ model: 'ok' })
  await vi.waitFor(() => expect(rig.resilience.health().providers[0]?.queued).toBe(2))
  leaver.leave()
  await leaver.gone
  expect(await rig.row('leaver')).toMatchObject({ outcome: 'client_closed', attempts: [] })
  expect(rig.resilience.health().providers[0]).toMatchObject({ active: 1, queued: 1 })
  holder.leave()
  expect(await next).toMatchObject({ status: 200 })
  expect(rig.at('ok')).toHaveLength(1)
  await rig.row('holder')
  expectIdle(rig)
})

it('O06 a full queue answers 503 with Retry-After at once, a late place likewise', async () => {
  const limits = { max_concurrent: 1, queue_limit: 1, queue_timeout_ms: 300 }
  const rig = await createRig({
    chain: ['silent'],
    limits,
    resilience: { whole_answer_timeout_ms: 2_000, breaker_failures: 50 },
  })
  const arrived = first(rig)
  const { gone, leave } = start(rig, 'holder', {})
  await arrived
  const queued = rig.ask()
  await vi.waitFor(() => expect(rig.resilience.health().providers[0]?.queued).toBe(1))
  const refused = await rig.ask()
  const late = await queued
  for (const reply of [refused, late]) {
    expect(reply.status).toBe(503)
    expect(JSON.parse(reply.text)).toMatchObject({ error: { code: 'queue_full' } })
    expect(reply.headers.get('retry-after')).toBe('1')
    expect(reply.headers.get('x-should-retry')).toBeNull()
    expect(reply.headers.get('x-router-attempts')).toBe('0')
  }
  expect(refused.tookMs).toBeLessThan(late.tookMs)
  leave()
  await gone
})

it('goes to another provider where the queue of the first is full', async () => {
  const limits = { max_concurrent: 1, queue_limit: 0 }
  const rig = await createRig({ chain: ['silent', 'ok'], spare: ['ok'], limits })
  const arrived = first(rig)
  const { gone, leave } = start(rig, 'holder', {})
  await arrived
  expect((await rig.ask()).headers.get('x-router-model')).toBe('ok')
  leave()
  await gone
})

it('gives a stream’s place back with its last byte', async () => {
  const rig = await createRig({ chain: ['ok'], limits: { max_concurrent: 1, queue_limit: 0 } })
  for (let n = 0; n < 5; n += 1) {
    const reply = await rig.ask({ stream: true })
    expect(reply).toMatchObject({ status: 200, isClean: true })
    await rig.row(`r${n + 1}`)
  }
  expectIdle(rig)
})
