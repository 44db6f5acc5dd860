import { expect, it } from 'vitest'
import { createBreaker, type Permit } from '../../../src/upstream/resilience/breaker.ts'

const setup = () => {
  let nowMs = 0
  const changes: string[] = []
  const breaker = createBreaker({
    failures: 3,
    openMs: 1_000,
    maxOpenMs: 3_000,
    monotonicMs: () => nowMs,
    onChange: (kind, openMs) => changes.push(openMs > 0 ? `${kind} ${openMs}` : kind),
  })
  const admit = (): Permit => {
    const permit = breaker.admit()
    if (!permit) throw new Error('not admitted')
    return permit
  }
  const pass = (ms: number) => {
    nowMs += ms
  }
  const fail = (times: number) => {
    for (let n = 0; n < times; n += 1) admit().end('failure')
  }
  return { breaker, admit, pass, fail, changes }
}

it('opens after three failures in a row, not before, and a success in between counts anew', () => {
  const { breaker, admit, fail } = setup()
  fail(2)
  admit().end('success')
  fail(2)
  expect(breaker).toMatchObject({ kind: 'closed', failures: 2 })
  fail(1)
  expect(breaker.kind).toBe('open')
  expect(breaker.admit()).toBeNull()
  expect(breaker.waitMs()).toBe(1_000)
})

it('lets nothing that says nothing count', () => {
  const { breaker, admit, fail } = setup()
  fail(2)
  for (let n = 0; n < 50; n += 1) admit().end('neutral')
  expect(breaker).toMatchObject({ kind: 'closed', failures: 2 })
})

it('admits a single probe once its time is over, and closes by its success', () => {
  const { breaker, admit, fail, pass, changes } = setup()
  fail(3)
  pass(1_000)
  const probe = admit()
  expect(breaker.kind).toBe('half_open')
  expect(breaker.admit()).toBeNull()
  expect(breaker.waitMs()).toBeGreaterThan(0)
  probe.end('success')
  expect(breaker).toMatchObject({ kind: 'closed', failures: 0 })
  expect(changes).toEqual(['open 1000', 'half_open', 'closed'])
})

it('stays open twice as long with each failed probe, up to its limit', () => {
  const { breaker, admit, fail, pass } = setup()
  fail(3)
  for (const openMs of [2_000, 3_000, 3_000]) {
    pass(breaker.waitMs())
    admit().end('failure')
    expect(breaker.waitMs()).toBe(openMs)
  }
})

it('gives the probe to the next request where its client left', () => {
  const { breaker, admit, fail, pass } = setup()
  fail(3)
  pass(1_000)
  admit().end('neutral')
  expect(breaker.waitMs()).toBe(0)
  admit().end('success')
  expect(breaker.kind).toBe('closed')
})

it('takes a probe’s first content as a trial: others may call, one failure opens it again for longer', () => {
  const { breaker, admit, fail, pass } = setup()
  fail(3)
  pass(1_000)
  const probe = admit()
  probe.begin()
  expect(breaker.kind).toBe('closed')
  probe.end('failure')
  expect(breaker.kind).toBe('open')
  expect(breaker.waitMs()).toBe(2_000)
})

it('does not listen to calls from before it opened, nor to an outcome given twice', () => {
  const { breaker, admit, fail } = setup()
  const early = admit()
  const twice = admit()
  twice.end('failure')
  twice.end('failure')
  expect(breaker.failures).toBe(1)
  fail(2)
  early.end('success')
  expect(breaker.kind).toBe('open')
})
