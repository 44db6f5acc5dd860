// The share of a canary: as large as asked for, the same for a conversation, other people each time.
import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { chooseArm, isInShare } from '../../src/arms/choose-arm.ts'
import type { Generation } from '../../src/vector-index/generation.ts'

const keys = Array.from({ length: 20_000 }, (_, i) =>
  createHash('sha256').update(String(i)).digest('hex'),
)
const chosen = (generation: number, share: number) =>
  keys.filter((key) => isInShare(key, { generation, share }))

describe('the share of a canary', () => {
  it('is as large as asked for', () => {
    for (const share of [0.01, 0.1, 0.25, 0.5]) {
      const standardError = Math.sqrt((share * (1 - share)) / keys.length)
      const actual = chosen(7, share).length / keys.length
      expect(Math.abs(actual - share)).toBeLessThan(4 * standardError)
    }
  })

  it('is as large for keys that hardly differ', () => {
    const alike = Array.from({ length: 20_000 }, (_, i) => `session-${i}`)
    const inShare = alike.filter((key) => isInShare(key, { generation: 7, share: 0.1 }))
    expect(inShare.length / alike.length).toBeCloseTo(0.1, 1)
  })

  it('only grows with the share: whom a small canary decided for, a larger one of it does too', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.nat(),
        fc.double({ min: 0.01, max: 0.49 }),
        (key, generation, share) => {
          if (isInShare(key, { generation, share })) {
            expect(isInShare(key, { generation, share: share + 0.01 })).toBe(true)
          }
        },
      ),
    )
  })

  it('is of other conversations for another generation', () => {
    const both = new Set(chosen(8, 0.1))
    const overlap = chosen(7, 0.1).filter((key) => both.has(key)).length
    expect(overlap / keys.length).toBeCloseTo(0.01, 2)
  })
})

describe('choosing an arm', () => {
  const serving = { number: 1 } as Generation
  const generation = { number: 2 } as Generation

  it('does not even ask for the key where there is no canary', () => {
    const key = (): string => {
      throw new Error('asked')
    }
    const source = { generation: () => serving, canary: () => null }
    expect(chooseArm(source, key)).toEqual({ arm: 'serving', generation: serving })
  })

  it('gives a conversation the same arm each time', () => {
    const arm = { generation: 2, startedAtMs: 0, author: 'ops', share: 0.5, against: 1 }
    const source = { generation: () => serving, canary: () => ({ arm, generation }) }
    for (const key of keys.slice(0, 100)) {
      const first = chooseArm(source, () => key)
      expect(first.generation).toBe(first.arm === 'canary' ? generation : serving)
      expect(chooseArm(source, () => key)).toEqual(first)
    }
  })
})
