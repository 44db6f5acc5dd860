// How much of a deadline is planned for, by what was late.
import { describe, expect, it } from 'vitest'
import { createHeadroom } from '../../src/encoder/headroom.ts'

const times = (count: number, act: () => void): void => {
  for (let i = 0; i < count; i++) act()
}

describe('the headroom of a deadline', () => {
  it('plans nine tenths at the door and all of it at the start while nothing is late', () => {
    const headroom = createHeadroom()
    times(100, headroom.met)
    expect([headroom.atDoor(), headroom.atStart()]).toEqual([0.9, 1])
  })

  it('plans less after work that was late, but never less than half', () => {
    const headroom = createHeadroom()
    headroom.missed()
    expect(headroom.atDoor()).toBeCloseTo(0.88)
    times(100, headroom.missed)
    expect(headroom.atDoor()).toBeCloseTo(0.5)
  })

  it('stays where it is while one in forty is late', () => {
    const headroom = createHeadroom()
    times(5, headroom.missed)
    const before = headroom.atDoor()
    headroom.missed()
    times(40, headroom.met)
    expect(headroom.atDoor()).toBeCloseTo(before)
  })
})
