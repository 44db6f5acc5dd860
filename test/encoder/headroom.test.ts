// How much of a deadline is planned for, by what was late.
import { describe, expect, it } from 'vitest'
import { afterWait, createHeadroom } from '../../src/encoder/headroom.ts'

const times = (count: number, act: () => void): void => {
  for (let i = 0; i < count; i++) act()
}

describe('the headroom of a deadline', () => {
  it('plans nine tenths at the door and all of it at the start while nothing is late', () => {
    const headroom = createHeadroom()
    times(100, headroom.met)
    expect([headroom.atDoor(100), headroom.atStart(100)]).toEqual([90, 100])
  })

  it('plans less after work that was late, but never less than half', () => {
    const headroom = createHeadroom()
    headroom.missed()
    expect(headroom.atDoor(100)).toBeCloseTo(88)
    times(100, headroom.missed)
    expect(headroom.atDoor(100)).toBeCloseTo(50)
  })

  it('stays where it is while one in forty is late', () => {
    const headroom = createHeadroom()
    times(5, headroom.missed)
    const before = headroom.atDoor(100)
    headroom.missed()
    times(40, headroom.met)
    expect(headroom.atDoor(100)).toBeCloseTo(before)
  })

  it('plans to be done earlier by as much as answers waited for the event loop lately', () => {
    const headroom = createHeadroom()
    times(200, () => headroom.heardAfter(20))
    expect(headroom.atDoor(100)).toBeCloseTo(70)
    expect(headroom.atStart(100)).toBeCloseTo(80)
    times(200, () => headroom.heardAfter(0))
    expect(headroom.atDoor(100)).toBeCloseTo(90)
  })

  it('still plans something where answers wait for longer than the deadline', () => {
    const headroom = createHeadroom()
    times(200, () => headroom.heardAfter(1_000))
    expect(headroom.atDoor(100)).toBeCloseTo(40)
  })
})

describe('what is left of a deadline', () => {
  it('is less by what the prompt waited until it was seen, and half of it at least', () => {
    expect([afterWait(100, 0), afterWait(100, 30), afterWait(100, 400)]).toEqual([100, 70, 50])
  })
})
