import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutToBudget } from '../../../src/core/prompt/prompt-budget.ts'
import {
  endOfTokens,
  estimateTokens,
  startOfTokens,
} from '../../../src/core/prompt/token-estimate.ts'

describe('the token estimate', () => {
  // Counted with the tokenizer of all-MiniLM-L6-v2.
  it.each([
    ['The parish of Nether Wexley lay in three great fields, worked by some forty families.', 19],
    ['Liebe Nachbarinnen und Nachbarn, ab Montag wird die Wasserleitung erneuert.', 28],
    ['for (var i = 0; i < a.length; i++) { if (r[j].k == a[i][b]) { f = true; } }', 43],
    ['请把下面的文字翻译成英文并保留所有格式和数字', 22],
    ['Пожалуйста, переведите следующий текст на английский язык', 48],
    ['다음 문장을 영어로 번역해 주세요 숫자는 그대로 두세요', 48],
    ['2023-01,18200,910,210,34,8400', 16],
    ['Schrijf een korte uitnodiging voor onze buurtborrel op vrijdag waar iedereen welkom is', 35],
  ])(
    'is no less than half and no more than twice what the tokenizer counts: %j',
    (text, tokens) => {
      const estimate = estimateTokens(text)
      expect(estimate).toBeGreaterThan(tokens * 0.5)
      expect(estimate).toBeLessThanOrEqual(tokens * 2)
    },
  )

  it('agrees with the ends that it finds', () => {
    const limits = fc.integer({ min: 0, max: 60 })
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), limits, (text, limit) => {
        expect(estimateTokens(text.slice(0, endOfTokens(text, limit)))).toBeLessThanOrEqual(limit)
        expect(estimateTokens(text.slice(startOfTokens(text, limit)))).toBeLessThanOrEqual(limit)
      }),
    )
  })
})

describe('the budget of a routing text', () => {
  it('keeps head, middle and tail of a long text', () => {
    const words = Array.from({ length: 2_001 }, (_, i) => `w${i}`)
    const { text, isTruncated } = cutToBudget(words.join(' '), 1_200)
    expect(isTruncated).toBe(true)
    const [head = '', middle = '', tail = ''] = text.split('\n…\n')
    expect(head.startsWith('w0 ')).toBe(true)
    expect(middle).toMatch(/w(?:9\d\d|10\d\d)/)
    expect(tail.endsWith('w2000')).toBe(true)
  })

  it('flags a text of few characters but many tokens', () => {
    expect(cutToBudget('字'.repeat(600), 1_200).isTruncated).toBe(true)
    expect(cutToBudget('word '.repeat(200), 1_200).isTruncated).toBe(false)
  })

  it('holds for any text: within characters and tokens, well-formed, whole where it fits', () => {
    const texts = fc.string({ unit: 'binary', maxLength: 2_000 }).map((text) => text.toWellFormed())
    fc.assert(
      fc.property(texts, fc.integer({ min: 64, max: 800 }), (whole, maxChars) => {
        const { text, isTruncated } = cutToBudget(whole, maxChars)
        expect(text.length).toBeLessThanOrEqual(maxChars)
        expect(text.isWellFormed()).toBe(true)
        if (!isTruncated) expect(text).toBe(whole)
        else expect(estimateTokens(text)).toBeLessThanOrEqual(maxChars / 4 + 6)
      }),
    )
  })
})
