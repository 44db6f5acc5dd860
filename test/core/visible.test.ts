import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { visible, visibleJson } from '../../src/core/visible.ts'
import { ESCAPE_CORPUS, findHazards } from '../support/escape-corpus.ts'

const anyText = fc.string({ unit: 'binary', maxLength: 200 })

describe('visible', () => {
  it.each(ESCAPE_CORPUS)('leaves nothing of %s that a terminal would obey', (_name, text) => {
    expect(findHazards(text)).not.toEqual([])
    expect(findHazards(visible(text))).toEqual([])
  })

  it('shows what it takes out, so that two texts that differ look different', () => {
    expect(visible('a\u001b[2Jb\r\nc\u202ed\u{e0041}')).toBe('a\\x1b[2Jb\\r\\nc\\u202ed\\u{e0041}')
    expect(visible('\ud800')).toBe('\\ud800')
  })

  it('leaves words and emoji of all scripts as they are', () => {
    const text = 'naïve Straße, می‌خواهم, 👩‍💻 ✍🏽, ١٢٣, ไทย, न्‍, 日本語'
    expect(visible(text)).toBe(text)
  })

  it('does the same twice as once, for any text', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(findHazards(visible(text))).toEqual([])
        expect(visible(visible(text))).toBe(visible(text))
      }),
    )
  })
})

describe('visibleJson', () => {
  it('keeps the value, and every line break between its parts', () => {
    fc.assert(
      fc.property(anyText, fc.constantFrom(undefined, 2), (text, indent) => {
        const json = JSON.stringify({ [text]: [text] }, null, indent)
        const shown = visibleJson(json)
        expect(findHazards(shown.replaceAll('\n', ''))).toEqual([])
        expect(JSON.parse(shown)).toEqual(JSON.parse(json))
        expect(shown.split('\n').length).toBe(json.split('\n').length)
      }),
    )
  })
})
