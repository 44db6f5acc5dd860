import { expect, it } from 'vitest'
import { createLoopLateness, watchLoopLateness } from '../../src/jobs/loop-lateness.ts'

const setUp = () => {
  const clock = { ms: 0, idleMs: 0 }
  let look = (): void => {}
  const lateness = createLoopLateness({
    now: () => clock.ms,
    idleMs: () => clock.idleMs,
    afterLook: (note) => {
      look = note
    },
  })
  return { clock, lateness, look: () => look() }
}

it('counts from the last look at what has arrived', () => {
  const { clock, lateness, look } = setUp()
  clock.ms = 30
  expect(lateness.workedMs()).toBe(30)
  look()
  expect(lateness.workedMs()).toBe(0)
  clock.ms = 37
  look()
  clock.ms = 40
  expect(lateness.workedMs()).toBe(3)
})

it('does not count the time in which nothing had arrived', () => {
  const { clock, lateness, look } = setUp()
  look()
  clock.ms = 1_002
  clock.idleMs = 1_000
  expect(lateness.workedMs()).toBe(2)
})

it('knows the loop of this thread, and never that it worked for less than nothing', async () => {
  const { workedMs } = watchLoopLateness()
  await new Promise((resolve) => setImmediate(resolve))
  expect(workedMs()).toBeGreaterThanOrEqual(0)
})
