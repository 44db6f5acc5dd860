// The price of an answer, by example and by property.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { costUsd } from '../../../src/core/decide/cost.ts'

const tokens = fc.integer({ min: 0, max: 10_000_000 })
const price = fc.double({ min: 0, max: 1_000, noNaN: true })

describe('costUsd', () => {
  it('charges input and output at their own price per million tokens', () => {
    const usage = { promptTokens: 1_000_000, completionTokens: 500_000 }
    expect(costUsd(usage, { input: 2.5, output: 10 })).toBe(7.5)
  })

  it('charges tokens from the provider’s cache at their own price, or else as other input', () => {
    const usage = { promptTokens: 1_000_000, completionTokens: 0, cachedPromptTokens: 400_000 }
    expect(costUsd(usage, { input: 2, output: 0, cachedInput: 0.5 })).toBe(1.4)
    expect(costUsd(usage, { input: 2, output: 0, cachedInput: null })).toBe(2)
    expect(costUsd(usage, { input: 2, output: 0 })).toBe(2)
    expect(costUsd(usage, { input: null, output: 0, cachedInput: 0.5 })).toBeNull()
    const nonsense = { ...usage, cachedPromptTokens: 9_000_000 }
    expect(costUsd(nonsense, { input: 2, output: 0, cachedInput: 0.5 })).toBe(0.5)
  })

  it('is null, not 0, where usage or price is unknown', () => {
    const usage = { promptTokens: 10, completionTokens: 5 }
    expect(costUsd(null, { input: 1, output: 1 })).toBeNull()
    expect(costUsd(usage, { input: null, output: null })).toBeNull()
    expect(costUsd(usage, { input: 1, output: null })).toBeNull()
    expect(costUsd(usage, { input: null, output: 1 })).toBeNull()
  })

  it('stays null for no tokens at an entirely unknown price', () => {
    expect(
      costUsd({ promptTokens: 0, completionTokens: 0 }, { input: null, output: null }),
    ).toBeNull()
  })

  it('needs no price for a side without tokens', () => {
    expect(
      costUsd({ promptTokens: 2_000_000, completionTokens: 0 }, { input: 1, output: null }),
    ).toBe(2)
  })

  it('is 0 for a model that is known to be free', () => {
    expect(costUsd({ promptTokens: 9, completionTokens: 9 }, { input: 0, output: 0 })).toBe(0)
  })

  it('is never negative, and more tokens never cost less', () => {
    fc.assert(
      fc.property(tokens, tokens, tokens, price, price, (a, b, more, input, output) => {
        const less = costUsd({ promptTokens: a, completionTokens: b }, { input, output })
        const greater = costUsd(
          { promptTokens: a + more, completionTokens: b + more },
          { input, output },
        )
        expect(less).toBeGreaterThanOrEqual(0)
        expect(greater).toBeGreaterThanOrEqual(less as number)
      }),
    )
  })
})
