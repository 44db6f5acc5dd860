// The watch over the event loop, with a clock of its own: nothing here waits.
import { expect, it } from 'vitest'
import { createLoopWatch, TICK_MS } from '../../src/telemetry/loop-watch.ts'

const setUp = () => {
  let nowMs = 0
  const lines: { level: string; facts: Record<string, unknown>; text: string }[] = []
  const at = (level: string) => (facts: Record<string, unknown>, text: string) =>
    void lines.push({ level, facts, text })
  const logger = { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') }
  const watch = createLoopWatch({ now: () => nowMs, logger })
  /** Lets the time of a tick pass, and so much more as the loop stands still. */
  const tick = (lateMs = 0): void => {
    nowMs += TICK_MS + lateMs
    watch.tick()
  }
  const pass = (ms: number): void => {
    for (let left = ms; left > 0; left -= TICK_MS) tick()
  }
  const enter = (requestId: string) =>
    watch.enter({ requestId, endpoint: () => 'POST /v1/chat/completions' })
  tick()
  const advance = (ms: number): void => {
    nowMs += ms
  }
  return { watch, tick, pass, enter, lines, advance }
}

it('tells of a stop over 250 ms, and of none that is shorter', () => {
  const { watch, tick, lines } = setUp()
  tick(250)
  expect(lines).toEqual([])
  tick(251)
  expect(watch.stats()).toMatchObject({ stops: 1, lagMs: 251, isShedding: false })
  expect(lines).toEqual([
    {
      level: 'warn',
      facts: { stoppedMs: 251, requests: [], suspects: 0 },
      text: 'the event loop stood still',
    },
  ])
})

it('does not count the time before its first tick', () => {
  const logger = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} }
  let nowMs = 0
  const watch = createLoopWatch({ now: () => nowMs, logger })
  nowMs = 60_000
  watch.tick()
  expect(watch.stats().stops).toBe(0)
})

it('names the request that was at work, not those that only wait', () => {
  const { tick, enter, lines, pass } = setUp()
  enter('waits-for-a-provider')
  const guilty = enter('guilty')
  pass(1_000)
  guilty.touch()
  tick(900)
  expect(lines[0]?.facts).toMatchObject({
    requests: [{ requestId: 'guilty', endpoint: 'POST /v1/chat/completions' }],
    suspects: 1,
  })
})

it('names a request that ended before the stop was noticed', () => {
  const { tick, enter, lines, advance } = setUp()
  const request = enter('ended')
  advance(500)
  request.leave()
  tick()
  tick(300)
  expect(lines.map(({ facts }) => facts.requests)).toEqual([
    [{ requestId: 'ended', endpoint: 'POST /v1/chat/completions' }],
    [],
  ])
})

it('names five of those under way where none of them did anything', () => {
  const { tick, enter, lines, pass } = setUp()
  for (let i = 0; i < 9; i++) enter(`r${i}`)
  pass(100)
  tick(300)
  const { requests, suspects } = lines[0]?.facts ?? {}
  expect({ named: (requests as unknown[]).length, suspects }).toEqual({ named: 5, suspects: 9 })
})

it('sheds while stops go on, and takes work again after a second of calm', () => {
  const { watch, tick, pass, lines } = setUp()
  while (!watch.isShedding() && watch.stats().stops < 50) tick(300)
  expect(watch.stats().stops).toBe(9) // 2.5 seconds of the last five
  watch.countShed()
  pass(500)
  tick(300)
  pass(950)
  expect(watch.isShedding()).toBe(true)
  pass(100)
  expect(watch.stats()).toMatchObject({ isShedding: false, shedRequests: 1 })
  expect(lines.at(-1)).toMatchObject({ level: 'info', text: 'taking new work again' })
  tick(300)
  expect(watch.isShedding()).toBe(false)
})

it('does not shed for one long stop, nor for short ones far apart', () => {
  const { watch, tick, pass } = setUp()
  tick(20_000)
  expect(watch.isShedding()).toBe(false)
  pass(5_000)
  for (let i = 0; i < 20; i++) {
    tick(300)
    pass(1_000)
  }
  expect(watch.isShedding()).toBe(false)
})
