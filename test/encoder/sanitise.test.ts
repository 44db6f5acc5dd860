import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  BERT_SPECIAL_TOKENS,
  capChars,
  LONGEST_WORD,
  sanitise,
} from '../../src/encoder/sanitise.ts'

/** Text with everything that has caused trouble: lone surrogates, NUL, special tokens, long words. */
const anyText = fc
  .array(
    fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.constantFrom('\ud800', '\udc00', '\0', '[C\0LS]', '[[MASK]]', '[cls]', '한', ' '),
      fc.constantFrom(...BERT_SPECIAL_TOKENS),
      fc.nat({ max: 300 }).map((length) => 'z'.repeat(length)),
      fc.nat({ max: 120 }).map((length) => 'é'.repeat(length)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => parts.join(''))

const maxChars = fc.integer({ min: 64, max: 600 })

describe('sanitise', () => {
  it('never returns more than maxChars, a lone surrogate, or NUL', () => {
    fc.assert(
      fc.property(anyText, maxChars, (text, max) => {
        const safe = sanitise(text, { maxChars: max })
        expect(safe.length).toBeLessThanOrEqual(max)
        expect(safe.isWellFormed()).toBe(true)
        expect(safe).not.toContain('\0')
      }),
    )
  })

  it('leaves no special token in any case', () => {
    fc.assert(
      fc.property(anyText, maxChars, (text, max) => {
        const safe = sanitise(text, { maxChars: max }).toUpperCase()
        for (const token of BERT_SPECIAL_TOKENS) expect(safe).not.toContain(token)
      }),
    )
  })

  it('changes nothing when applied again', () => {
    fc.assert(
      fc.property(anyText, maxChars, (text, max) => {
        const once = sanitise(text, { maxChars: max })
        expect(sanitise(once, { maxChars: max })).toBe(once)
      }),
    )
  })

  it('splits what the limit leaves of a run that no tokenizer would have looked at', () => {
    const once = sanitise(`[CLS]${'z'.repeat(101)}`, { maxChars: 106 })
    expect(once).toBe(`[ CLS]${'z'.repeat(40)} ${'z'.repeat(40)} ${'z'.repeat(18)}`)
    expect(sanitise(once, { maxChars: 106 })).toBe(once)
  })

  it('bounds the letters of every word that a tokenizer would search through', () => {
    fc.assert(
      fc.property(anyText, maxChars, (text, max) => {
        const words = sanitise(text, { maxChars: max }).split(/[\s\p{P}]+/u)
        for (const word of words) {
          const isSkippedByTokenizer = /^[A-Za-z0-9]{101,}$/.test(word)
          const isCutAtTheEnd = word.length > 40 && max < text.length
          if (isSkippedByTokenizer || isCutAtTheEnd) continue
          expect([...word].length).toBeLessThanOrEqual(LONGEST_WORD)
        }
      }),
    )
  })

  it('leaves ordinary prose as it is', () => {
    const prose = 'Wie heißt „stapler“ auf Deutsch? 日本語も大丈夫。 See [docs] & a_b-c (e.g. x²).'
    expect(sanitise(prose, { maxChars: 3_000 })).toBe(prose)
  })

  it('neutralises the special tokens of another tokenizer when told them', () => {
    const safe = sanitise('a <mask> b </s>', { maxChars: 100, specialTokens: ['<mask>', '</s>'] })
    expect(safe).toBe('a < mask> b < /s>')
  })

  it('counts a Hangul syllable as the three letters it decomposes into', () => {
    const words = sanitise('한'.repeat(100), { maxChars: 1_000 }).split(' ')
    expect(Math.max(...words.map((word) => word.normalize('NFD').length))).toBeLessThanOrEqual(40)
  })
})

describe('capChars', () => {
  it('cuts before a surrogate pair rather than through it', () => {
    expect(capChars('ab😀', 3)).toBe('ab')
    expect(capChars('ab😀', 4)).toBe('ab😀')
  })
})
