import { describe, expect, it } from 'vitest'
import { outcomeRows, TEXT_COUNTS, textCounts } from '../../../src/core/outcomes/outcome-row.ts'

describe('what is counted in a text', () => {
  it('is its length, words, numbers and lines as logarithms, and shares of kinds of characters', () => {
    const [length, words, numbers, lines, digits, formal, capitals, foreign] =
      textCounts('Find 12 + 3.\nÉtat = 5')
    expect(length).toBeCloseTo(Math.log1p(21), 5)
    expect(words).toBeCloseTo(Math.log1p(7), 5)
    expect(numbers).toBeCloseTo(Math.log1p(3), 5)
    expect(lines).toBeCloseTo(Math.log1p(1), 5)
    expect(digits).toBeCloseTo(4 / 21, 5)
    expect(formal).toBeCloseTo(2 / 21, 5)
    expect(capitals).toBeCloseTo(1 / 21, 5)
    expect(foreign).toBeCloseTo(1 / 21, 5)
  })

  it('is finite for the empty text', () => {
    expect([...textCounts('')]).toEqual(Array(TEXT_COUNTS).fill(0))
  })

  it('stands behind the row of the encoder', () => {
    const rows = outcomeRows({ rows: 2, cols: 2, data: Float32Array.of(1, 2, 3, 4) }, ['a', 'b c'])
    expect(rows.cols).toBe(2 + TEXT_COUNTS)
    expect([...rows.data.subarray(rows.cols, rows.cols + 4)]).toEqual([
      3,
      4,
      ...textCounts('b c').subarray(0, 2),
    ])
  })
})
