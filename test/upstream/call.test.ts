// One attempt as a value: what served or what went wrong, and what it took.
import { expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import { createCallUpstream } from '../../src/upstream/call.ts'
import { createEchoUpstream } from '../../src/upstream/echo.ts'
import type { Upstream } from '../../src/upstream/upstream.ts'
import { requestOf } from './harness.ts'

const { target, body, requestId, signal } = requestOf('up')
const callWith = (upstream: Upstream, model = 'small') => {
  let clock = 1_000
  const now = (): number => {
    clock += 5
    return clock
  }
  const callUpstream = createCallUpstream({
    upstreams: { fake: upstream },
    targets: { small: target },
    now,
  })
  return callUpstream({ decision: { model, route: 'code' }, body, requestId, signal })
}
const failing = (error: unknown): Upstream => ({
  kind: 'openai',
  chat: () => Promise.reject(error),
})
const attempt = { provider: 'fake', model: 'small', startedAtMs: 1_005, durationMs: 5 }

it('gives the reply and its attempt', async () => {
  const result = await callWith(createEchoUpstream())
  expect(result).toMatchObject({
    kind: 'reply',
    reply: { kind: 'json' },
    attempts: [{ ...attempt, status: 200, errorCode: null }],
  })
  expect(JSON.stringify(result)).toContain('Route: code')
})

it('gives a provider’s error as a value, with its status', async () => {
  const error = new RouterError('upstream_error', 'no', { details: { status: 429 } })
  expect(await callWith(failing(error))).toEqual({
    kind: 'error',
    error,
    attempts: [{ ...attempt, status: 429, errorCode: 'upstream_error' }],
  })
})

it('gives an unexpected error as internal, its attempt without a status', async () => {
  expect(await callWith(failing(new TypeError('bug')))).toMatchObject({
    kind: 'error',
    error: { code: 'internal' },
    attempts: [{ ...attempt, status: null, errorCode: 'internal' }],
  })
})

it('gives a model that nobody serves as an error without attempts', async () => {
  expect(await callWith(createEchoUpstream(), 'gone')).toMatchObject({
    kind: 'error',
    error: { code: 'internal' },
    attempts: [],
  })
})
