import { validate, version } from 'uuid'
import { describe, expect, it } from 'vitest'
import { createNewId } from '../../src/service/new-id.ts'

const make = (times: number[]) => {
  let at = 0
  const newId = createNewId(() => times[Math.min(at++, times.length - 1)] as number)
  return (count: number) => Array.from({ length: count }, newId)
}

const millisecondsOf = (id: string): number =>
  Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)

describe('new ids', () => {
  it('are versions 7 of the time they were made at', () => {
    const [id = ''] = make([1_800_000_000_123])(1)
    expect(validate(id)).toBe(true)
    expect(version(id)).toBe(7)
    expect(millisecondsOf(id)).toBe(1_800_000_000_123)
  })

  it('sort by when they were made, within one millisecond and over many fetches of random bytes', () => {
    const ids = make([5])(3_000)
    expect(new Set(ids).size).toBe(3_000)
    expect([...ids].sort()).toEqual(ids)
  })

  it('sort so too where the clock is set back', () => {
    const ids = make([1_000, 1_001, 5, 6, 1_000, 1_002])(6)
    expect([...ids].sort()).toEqual(ids)
    expect(millisecondsOf(ids[5] as string)).toBe(1_002)
  })

  it('differ between two that make them at the same time', () => {
    const all = [...make([7])(500), ...make([7])(500)]
    expect(new Set(all).size).toBe(1_000)
  })
})
