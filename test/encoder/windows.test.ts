import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { estimateTokens } from '../../src/core/prompt/token-estimate.ts'
import { MOST_WINDOWS, poolRows, windowsOf } from '../../src/encoder/windows.ts'

const countTokens = (text: string) => estimateTokens(text)

const words = (count: number) => Array.from({ length: count }, (_, i) => `w${i}`).join(' ')

describe('windows', () => {
  it('are one, the text itself, where it fits', () => {
    expect(windowsOf('a short text', { maxTokens: 256, countTokens })).toEqual(['a short text'])
  })

  it('hold every word of a text that three of them can hold, once and in order', () => {
    const text = words(180)
    const windows = windowsOf(text, { maxTokens: 256, countTokens })
    expect(windows).toHaveLength(MOST_WINDOWS)
    expect(windows.join(' ')).toBe(text)
    const lengths = windows.map((window) => estimateTokens(window))
    expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThan(0.3 * Math.max(...lengths))
  })

  it('are head, middle and tail of a longer text', () => {
    const windows = windowsOf(words(3_000), { maxTokens: 64, countTokens })
    expect(windows).toHaveLength(MOST_WINDOWS)
    expect(windows[0]?.startsWith('w0 ')).toBe(true)
    expect(windows[1]).toMatch(/w1[45]\d\d/)
    expect(windows[2]).toMatch(/w29\d\d/)
  })

  it('tell apart texts that share their first windows', () => {
    const shared = words(400)
    const one = windowsOf(`${shared} about cooking`, { maxTokens: 256, countTokens })
    const other = windowsOf(`${shared} about physics`, { maxTokens: 256, countTokens })
    expect(one).not.toEqual(other)
  })

  it('go by what the tokenizer counts where that is more than the estimate', () => {
    const countTwice = (text: string) => 1.8 * estimateTokens(text)
    const text = words(120)
    expect(windowsOf(text, { maxTokens: 400, countTokens })).toEqual([text])
    const windows = windowsOf(text, { maxTokens: 400, countTokens: countTwice })
    expect(windows.length).toBeGreaterThan(1)
    expect(windows.join(' ')).toBe(text)
    for (const window of windows) expect(countTwice(window)).toBeLessThan(400)
  })

  it('never ask the model for more tokens than it reads', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 3_000 }),
        fc.integer({ min: 16, max: 512 }),
        (text, maxTokens) => {
          const windows = windowsOf(text, { maxTokens, countTokens })
          expect(windows.length).toBeLessThanOrEqual(MOST_WINDOWS)
          for (const window of windows) expect(estimateTokens(window)).toBeLessThan(maxTokens)
        },
      ),
      { numRuns: 50 },
    )
  })
})

describe('pooled rows', () => {
  it('are the row itself where there is one', () => {
    const row = Float32Array.of(0.6, 0.8, 5)
    expect(poolRows([row], 2)).toBe(row)
  })

  it('have a prefix of unit length and the mean of the rest', () => {
    const pooled = poolRows([Float32Array.of(1, 0, 2, 4), Float32Array.of(0, 1, 4, 0)], 2)
    expect(pooled[0]).toBeCloseTo(Math.SQRT1_2)
    expect(pooled[1]).toBeCloseTo(Math.SQRT1_2)
    expect([...pooled.subarray(2)]).toEqual([3, 2])
  })

  it('are the first where opposite rows leave no direction', () => {
    const first = Float32Array.of(1, 0)
    expect(poolRows([first, Float32Array.of(-1, 0)], 2)).toEqual(first)
  })
})
