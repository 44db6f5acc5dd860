import { expect, it } from 'vitest'
import { createServiceTime } from '../../src/encoder/service-time.ts'

it('expects nothing before it has seen a prompt, so that all are let in', () => {
  expect(createServiceTime().expectedMs(50)).toBe(0)
})

it('expects of a size what prompts of that size took', () => {
  const time = createServiceTime()
  for (let i = 0; i < 100; i++) {
    time.learn(10, 2)
    time.learn(200, 14)
  }
  expect(time.expectedMs(10)).toBeCloseTo(2)
  expect(time.expectedMs(200)).toBeCloseTo(14)
})

it('scales what it knows of the nearest size to one it has not seen', () => {
  const time = createServiceTime()
  time.learn(16, 2)
  expect(time.expectedMs(112)).toBeCloseTo(8)
})

it('follows a machine that became slower within thirty prompts', () => {
  const time = createServiceTime()
  for (let i = 0; i < 50; i++) time.learn(40, 5)
  for (let i = 0; i < 30; i++) time.learn(40, 12)
  expect(time.expectedMs(40)).toBeGreaterThan(11)
})

it('does not take one stall for the pace', () => {
  const time = createServiceTime()
  for (let i = 0; i < 50; i++) time.learn(40, 5)
  time.learn(40, 5_000)
  expect(time.expectedMs(40)).toBeLessThan(7)
})
