import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isLongJson, jsonChunks, jsonPieces } from '../../src/dialects/json-pieces.ts'
import { parseJsonText, writeJson } from '../../src/dialects/lossless-json.ts'

const LONG = 300_000
/** 128 Ki characters, an escape of six each. */
const MOST_PIECE_CHARS = 131_072 * 6

/** Values of which some are so long that they are written in pieces. */
const values = fc.jsonValue().map((value) => [value, { long: 'é"\n'.repeat(LONG / 3), value }])

describe('a value written in pieces', () => {
  it('is the JSON of the value', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect([...jsonPieces(value)].join('')).toBe(JSON.stringify(value))
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    ['nothing', {}],
    ['a long text', 'x'.repeat(LONG)],
    ['pairs of surrogates', `a${'🚄'.repeat(LONG)}`],
    ['lone surrogates', '\ud83d'.repeat(LONG)],
    ['control characters', '\u0001'.repeat(LONG)],
    ['many small values', Array.from({ length: 40_000 }, (_, i) => ({ i }))],
    ['a long name', { ['k'.repeat(LONG)]: 1 }],
    ['members and items that are not given', { a: undefined, b: [undefined, 'x'.repeat(LONG)] }],
    ['nothing but members that are not given', { long: ['x'.repeat(LONG), { a: undefined }] }],
  ])('is the JSON of %s, no piece too long', async (_what, value) => {
    const pieces = [...jsonPieces(value)]
    expect(pieces.join('') === JSON.stringify(value)).toBe(true)
    const longest = pieces.reduce((most, { length }) => Math.max(most, length), 0)
    expect(longest).toBeLessThanOrEqual(MOST_PIECE_CHARS)
  })

  it('keeps the digits of integers that a double cannot hold', () => {
    const text = `{"id":12345678901234567890,"long":"${'x'.repeat(LONG)}"}`
    expect([...jsonPieces(parseJsonText(text))].join('') === text).toBe(true)
  })

  it('is the same as bytes, with a turn for each chunk', async () => {
    let turns = 0
    const value = { text: 'ж🚄'.repeat(LONG) }
    const chunks = await jsonChunks(value, async () => {
      turns += 1
    })
    expect(Buffer.concat(chunks).toString() === writeJson(value)).toBe(true)
    expect(turns).toBe(chunks.length - 1)
    expect(turns).toBeGreaterThan(3)
  })
})

describe('whether a value is long', () => {
  it('counts texts, names and values', () => {
    expect(isLongJson({ a: 'x'.repeat(1_001) }, 1_000)).toBe(true)
    expect(isLongJson({ ['x'.repeat(1_001)]: 1 }, 1_000)).toBe(true)
    expect(isLongJson(Array(200).fill(0), 1_000)).toBe(true)
    expect(isLongJson({ a: ['x'.repeat(500), null, 7] }, 1_000)).toBe(false)
  })
})
