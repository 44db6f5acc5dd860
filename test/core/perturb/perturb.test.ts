import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { PERTURBATIONS, perturbedCopies } from '../../../src/core/perturb/perturb.ts'
import { letterCase, typos } from '../../../src/core/perturb/perturb-typing.ts'
import { reorder, rewording } from '../../../src/core/perturb/perturb-wording.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { ADVERSARIAL_SUFFIXES } from '../../../src/quality/evaluation/perturb-adversarial.ts'

const PROMPTS = [
  'How do I reverse a list in Python?',
  'Translate the following into French: the train leaves at nine.',
  "my code doesn't compile. what is wrong with `Foo.bar()`?",
  'If I leave at nine, when do I arrive?\n\n```js\nlet Abc = 1\n```',
  'Schreib mir ein Gedicht über den Herbst',
  '今日の天気はどうですか',
  'ok',
  '🙂 thanks a lot',
]
const texts = fc.oneof(
  fc.constantFrom(...PROMPTS),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 120 }),
  fc.lorem({ maxCount: 30 }),
)
const seeds = fc.integer({ min: 0, max: 0xffffffff })
const kinds = fc.constantFrom(...PERTURBATIONS)
const routes = ['code', 'data_analysis', 'math']
/** A source that always gives the same number: picks one branch of a rewriting. */
const always = (value: number) => () => value

describe('every perturbation', () => {
  it('gives the same text under the same seed', () => {
    fc.assert(
      fc.property(kinds, texts, seeds, (kind, text, seed) => {
        expect(kind.apply(text, createRandom(seed))).toBe(kind.apply(text, createRandom(seed)))
      }),
    )
  })

  it('never empties a text and never breaks a character in two', () => {
    fc.assert(
      fc.property(kinds, texts, seeds, (kind, text, seed) => {
        const out = kind.apply(text, createRandom(seed))
        expect(out.trim() === '').toBe(text.trim() === '')
        expect(out.isWellFormed()).toBe(true)
      }),
      { numRuns: 500 },
    )
  })

  it('adds at most a sentence and never loses more than a third of a prompt', () => {
    fc.assert(
      fc.property(kinds, fc.constantFrom(...PROMPTS), seeds, (kind, text, seed) => {
        const out = kind.apply(text, createRandom(seed))
        expect(out.length).toBeLessThanOrEqual(text.length * 1.6 + 80)
        expect(out.length).toBeGreaterThanOrEqual(text.length * 0.66 - 1)
      }),
      { numRuns: 500 },
    )
  })

  it('changes nothing when applied again, where it says so', () => {
    const stable = PERTURBATIONS.filter(({ isIdempotent }) => isIdempotent)
    expect(stable.map(({ name }) => name)).toEqual(['case'])
    fc.assert(
      fc.property(fc.constantFrom(...stable), texts, seeds, (kind, text, seed) => {
        const once = kind.apply(text, createRandom(seed))
        expect(kind.apply(once, createRandom(seed))).toBe(once)
      }),
      { numRuns: 500 },
    )
  })

  it('takes hold of ordinary prompts', () => {
    for (const { name, apply } of PERTURBATIONS) {
      const changed = PROMPTS.filter((text) =>
        [1, 2, 3, 4, 5].some((seed) => apply(text, createRandom(seed)) !== text),
      )
      expect([name, changed.length >= 2]).toEqual([name, true])
    }
  })
})

describe('typos', () => {
  it('slips in one or two of six words and keeps the rest', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const text = 'please write another little summary today'
        const words = typos(text, createRandom(seed)).split(' ')
        const changed = words.filter((word, i) => word !== text.split(' ')[i]).length
        expect(changed).toBeGreaterThanOrEqual(1)
        expect(changed).toBeLessThanOrEqual(2)
      }),
    )
  })
})

describe('code within a prompt', () => {
  it('keeps its letters and their case', () => {
    const text =
      'Why does this fail?\n```js\nconst Value = readValue()\n```\nand `Other.thing()` too'
    fc.assert(
      fc.property(seeds, (seed) => {
        for (const rewrite of [typos, letterCase, rewording]) {
          const out = rewrite(text, createRandom(seed))
          expect(out).toContain('```js\nconst Value = readValue()\n```')
          expect(out).toContain('`Other.thing()`')
        }
      }),
    )
  })
})

describe('reorder', () => {
  it.each([
    ['My loop skips items. Why is that happening?', 'Why is that happening? My loop skips items.'],
    ['If it rains, what should we do?', 'What should we do if it rains?'],
    ['Summarise the following:\n\nA long text.', 'A long text.\n\nSummarise the above.'],
    ['Translate to French: good morning', 'good morning\n\nTranslate to French'],
  ])('puts the parts of %j in another order', (text, expected) => {
    expect(reorder(text)).toBe(expected)
  })

  it.each([
    ['a plain question', 'What is the capital of France?'],
    [
      'a quotation of several sentences',
      'Fix this: "It is late. We go. Come"'.replace('Fix this: ', ''),
    ],
    ['a sentence that leans on the one before', 'Write a sonnet. Then shorten it.'],
    ['an abbreviation', 'What does i. A. mean'],
  ])('leaves %s alone', (_, text) => {
    expect(reorder(text)).toBe(text)
  })
})

describe('rewording', () => {
  it.each([
    ['How do I reverse a list?', 'Tell me how to reverse a list'],
    ['Write a poem about rain.', 'Can you write a poem about rain?'],
    ['can you check my essay?', 'check my essay'],
    ['What is photosynthesis?', 'Can you tell me what photosynthesis is?'],
  ])('turns the form of %j', (text, expected) => {
    expect(rewording(text, always(0.1))).toBe(expected)
  })

  it('swaps contractions and synonyms and does not swap them back', () => {
    expect(rewording("it doesn't matter", always(0.99))).toBe('it does not matter')
    expect(rewording('Calculate 2 + 2 for me now', always(0.99))).toBe('Work out 2 + 2 for me now')
  })
})

describe('perturbedCopies', () => {
  const options = { seed: 42, perExemplar: 3 }

  it('gives each text that many copies, all unlike it and each other', () => {
    const copies = perturbedCopies(PROMPTS, options)
    for (const [source, text] of PROMPTS.entries()) {
      const own = copies.filter((copy) => copy.source === source).map((copy) => copy.text)
      expect(own).toHaveLength(3)
      expect(new Set([text, ...own]).size).toBe(4)
    }
  })

  it('gives a text the same copies whatever stands around it', () => {
    const [first] = PROMPTS as [string]
    const alone = perturbedCopies([first], options)
    const among = perturbedCopies(PROMPTS, options).filter(({ source }) => source === 0)
    expect(among).toEqual(alone)
  })

  it('gives other copies under another seed', () => {
    const other = perturbedCopies(PROMPTS, { ...options, seed: 43 })
    expect(other).not.toEqual(perturbedCopies(PROMPTS, options))
  })

  it('names both kinds of a doubly perturbed copy', () => {
    const copies = perturbedCopies(PROMPTS, { ...options, pairShare: 1 })
    const names = PERTURBATIONS.map(({ name }) => name)
    expect(copies.some(({ kind }) => kind.includes('+'))).toBe(true)
    expect(copies.flatMap(({ kind }) => kind.split('+')).filter((n) => !names.includes(n))).toEqual(
      [],
    )
  })
})

describe('adversarial suffixes', () => {
  it('leave the prompt whole at the start, and are the same under the same seed', () => {
    fc.assert(
      fc.property(fc.constantFrom(...ADVERSARIAL_SUFFIXES), texts, seeds, (kind, text, seed) => {
        const out = kind.apply(text, createRandom(seed), routes)
        expect(out.startsWith(text.trimEnd())).toBe(true)
        expect(out.length).toBeGreaterThan(text.trimEnd().length)
        expect(kind.apply(text, createRandom(seed), routes)).toBe(out)
      }),
    )
  })

  it('leave the prompt as it is where they need route names and there are none', () => {
    const naming = ADVERSARIAL_SUFFIXES.filter(({ name }) => name.startsWith('route-'))
    expect(naming.map(({ apply }) => apply('hi', createRandom(1), []))).toEqual(['hi', 'hi'])
  })
})
