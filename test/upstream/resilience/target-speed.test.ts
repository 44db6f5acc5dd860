// How fast a target is taken to be, on a clock of its own.
import { expect, it } from 'vitest'
import { createTargetSpeed } from '../../../src/upstream/resilience/target-speed.ts'

const timed = () => {
  let nowMs = 1_000
  const speed = createTargetSpeed(() => nowMs)
  const wait = (ms: number) => {
    nowMs += ms
  }
  const stream = (firstMs: number, tokens = 0, writingMs = 0): void => {
    const call = speed.begin()
    wait(firstMs)
    call.first()
    wait(writingMs)
    call.last(tokens)
  }
  return { speed, wait, stream }
}

it('knows nothing of a target that was never called', () => {
  expect(timed().speed.view()).toEqual({
    ...{ firstTokenMs: null, tokensPerSecond: null, calls: 0, pendingMs: 0, isStale: true },
  })
})

it('takes the first token and the rate of writing from streams', () => {
  const { speed, stream } = timed()
  stream(200, 100, 2_000)
  const { firstTokenMs, tokensPerSecond, isStale } = speed.view()
  expect(firstTokenMs).toBeCloseTo(200)
  expect(tokensPerSecond).toBeCloseTo(50)
  expect(isStale).toBe(false)
})

it('takes from an answer that comes whole what is left beside a known first token', () => {
  const { speed, stream, wait } = timed()
  stream(500)
  const call = speed.begin()
  wait(2_500)
  call.last(100)
  expect(speed.view().tokensPerSecond).toBeCloseTo(50)
})

it('tells a target that has turned slow by its next answer, and forgets it as soon', () => {
  const { speed, stream } = timed()
  for (let i = 0; i < 10; i++) stream(200)
  stream(4_000)
  expect(speed.view().firstTokenMs).toBeGreaterThan(600)
  for (let i = 0; i < 4; i++) stream(200)
  expect(speed.view().firstTokenMs).toBeLessThan(300)
})

it('tells it while calls still wait for their first token', () => {
  const { speed, stream, wait } = timed()
  stream(200)
  const call = speed.begin()
  wait(3_000)
  expect(speed.view().pendingMs).toBe(3_000)
  call.first()
  expect(speed.view().pendingMs).toBe(0)
})

it('learns from a call that came to nothing only that it was waited for longer than usual', () => {
  const { speed, stream, wait } = timed()
  stream(200)
  const refused = speed.begin()
  wait(5)
  refused.abandon()
  expect(speed.view().firstTokenMs).toBeCloseTo(200)
  const late = speed.begin()
  wait(10_000)
  late.abandon()
  expect(speed.view().firstTokenMs).toBeGreaterThan(1_000)
  expect(speed.view().pendingMs).toBe(0)
})

it('says when what it knows is too old to go by', () => {
  const { speed, stream, wait } = timed()
  stream(200)
  stream(200)
  expect(speed.view().isStale).toBe(false)
  wait(60_000)
  expect(speed.view().isStale).toBe(true)
})
