import { Registry } from 'prom-client'
import { expect, it } from 'vitest'
import { registerUpstreamGauges, type UpstreamHealth } from '../../src/telemetry/upstream-gauges.ts'
import { createResilience } from '../../src/upstream/resilience/resilience.ts'
import { fakeConfig } from '../support/http-fakes.ts'

const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }

const createSubject = () => {
  let nowMs = 0
  const config = fakeConfig({ resilience: { breaker_failures: 1, breaker_open_ms: 5_000 } })
  const resilience = createResilience({ config, logger, monotonicMs: () => nowMs })
  const registry = new Registry()
  registerUpstreamGauges(registry, (): UpstreamHealth => resilience.health())
  const advance = (ms: number) => {
    nowMs += ms
  }
  return { resilience, advance, text: () => registry.metrics() }
}

const of = (model: string) => `provider="demo",model="${model}"`

it('shows a breaker in exactly one state', async () => {
  const { resilience, advance, text } = createSubject()
  resilience.targetHealth('small').admit()?.end('failure')
  const opened = await text()
  expect(opened).toContain(`signalbox_breaker_state{${of('small')},state="open"} 1`)
  expect(opened).toContain(`signalbox_breaker_state{${of('small')},state="closed"} 0`)
  expect(opened).toContain(`signalbox_breaker_state{${of('vendor/large:free')},state="closed"} 1`)
  advance(5_001)
  const probing = await text()
  expect(probing).toContain(`signalbox_breaker_state{${of('small')},state="half_open"} 1`)
  expect(probing).toContain(`signalbox_breaker_state{${of('small')},state="open"} 0`)
})

it('shows the rest that is left of a cooldown', async () => {
  const { resilience, advance, text } = createSubject()
  resilience.targetHealth('small').coolDown(4_000)
  advance(1_000)
  expect(await text()).toContain(`signalbox_cooldown_seconds{${of('small')}} 3`)
})

it('shows headroom while it is known, and no value of what is not', async () => {
  const { resilience, advance, text } = createSubject()
  expect(await text()).not.toContain('signalbox_headroom_requests{')
  const resetMs = 2_000
  resilience.targetHealth('small').learn({
    remainingRequests: 12,
    remainingTokens: null,
    resetRequestsMs: resetMs,
    resetTokensMs: null,
  })
  const known = await text()
  expect(known).toContain(`signalbox_headroom_requests{${of('small')}} 12`)
  expect(known).not.toContain('signalbox_headroom_tokens{')
  advance(resetMs + 1)
  expect(await text()).not.toContain('signalbox_headroom_requests{')
})

it('shows places and queues', async () => {
  const { resilience, text } = createSubject()
  const release = await resilience.slots('demo').acquire(new AbortController().signal)
  expect(await text()).toContain('signalbox_slots_active{provider="demo"} 1')
  release()
  const after = await text()
  expect(after).toContain('signalbox_slots_active{provider="demo"} 0')
  expect(after).toContain('signalbox_slots_queued{provider="demo"} 0')
})

it('raises the alert of a refused key until a call is served, and keeps the count', async () => {
  const { resilience, text } = createSubject()
  expect(await text()).toContain('signalbox_key_rejected{provider="demo"} 0')
  resilience.noteKey('demo', true)
  resilience.noteKey('demo', true)
  const refused = await text()
  expect(refused).toContain('signalbox_key_rejected{provider="demo"} 1')
  expect(refused).toContain('signalbox_key_rejections_total{provider="demo"} 2')
  resilience.noteKey('demo', false)
  const served = await text()
  expect(served).toContain('signalbox_key_rejected{provider="demo"} 0')
  expect(served).toContain('signalbox_key_rejections_total{provider="demo"} 2')
})
