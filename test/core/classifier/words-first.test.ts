import { describe, expect, it } from 'vitest'
import { fitWordsFirst, type WordsBeside } from '../../../src/core/classifier/words-first.ts'

/** `n` rows of falling confidence, 1 to 0; every `wrongEvery`th of those below `sureAbove` is decided otherwise in full. */
const rowsOf = ({ n = 2_000, sureAbove = 0.5, wrongEvery = 4 } = {}): WordsBeside[] =>
  Array.from({ length: n }, (_, i) => {
    const confidence = 1 - i / n
    const differs = confidence < sureAbove && i % wrongEvery === 0
    return { confidence, words: 1, full: differs ? 2 : 1 }
  })

describe('the limit from which the words go first', () => {
  it('is the lowest with enough agreement above it', () => {
    const found = fitWordsFirst(rowsOf(), 0)
    // Of the thousand sure rows all agree; of those below one of four does not, and there may be 1 in 25 in all, less the margin.
    expect(found?.limit).toBeGreaterThan(0.4)
    expect(found?.limit).toBeLessThan(0.5)
    expect(found?.agreement).toBeGreaterThan(0.96)
    expect(found?.share).toBeCloseTo(1 - (found?.limit ?? 0), 2)
  })

  it('is none where the rows are too few to be sure of the agreement', () => {
    expect(fitWordsFirst(rowsOf({ n: 60, sureAbove: 0 }), 0)).toBeNull()
    expect(fitWordsFirst(rowsOf({ n: 100, sureAbove: 0 }), 0)?.agreement).toBe(1)
  })

  it('is none where they would decide less than a tenth', () => {
    expect(fitWordsFirst(rowsOf({ sureAbove: 0.95, wrongEvery: 1 }), 0)).toBeNull()
    expect(fitWordsFirst(rowsOf({ sureAbove: 0.85, wrongEvery: 1 }), 0)).not.toBeNull()
  })

  it('is not below the one from which the words decide at all', () => {
    expect(fitWordsFirst(rowsOf({ sureAbove: 0 }), 0.7)?.limit).toBeCloseTo(0.7, 2)
  })

  it('counts what the full decision turns away as decided otherwise, and no row that the words turn away', () => {
    const turnedAway = rowsOf({ sureAbove: 0 }).map((row, i) =>
      i % 10 ? row : { ...row, full: null },
    )
    expect(fitWordsFirst(turnedAway, 0)).toBeNull()
    const byBoth = rowsOf({ sureAbove: 0 }).map((row, i) =>
      i % 10 ? row : { ...row, full: null, words: null },
    )
    expect(fitWordsFirst(byBoth, 0)).toMatchObject({ agreement: 1, share: 0.9 })
  })
})
