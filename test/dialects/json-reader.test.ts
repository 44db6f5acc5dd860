import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createJsonReader } from '../../src/dialects/json-reader.ts'
import { parseJsonText, writeJson } from '../../src/dialects/lossless-json.ts'

const read = (pieces: readonly string[]): unknown => {
  const reader = createJsonReader()
  for (const piece of pieces) reader.push(piece)
  return reader.end()
}

const cut = (text: string, size: number): string[] =>
  Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
    text.slice(i * size, (i + 1) * size),
  )

const problemOf = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    const { message } = error as SyntaxError
    return /at position \d+/.exec(message)?.[0] ?? message
  }
  return 'none'
}

const VALID = [
  '{}',
  ' [ ] ',
  '"a"',
  'null',
  '-1.5e-7',
  '[1,true,false,null,"",{"a":{"b":[[]]}}]',
  '{"a":1,"b":2,"a":3}',
  '{"__proto__":{"x":1},"constructor":2}',
  String.raw`"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\ud800"`,
  '[12345678901234567890,1e999,-0]',
  '\n{\t"" :\r"\u2028" }\n',
]

const INVALID = [
  ...['', ' ', '{', '[', '"', '"\\', '"\\u12', '[1,', '{"a"', '{"a":', '{"a":1,', 'tru', '-'],
  ...[
    '{]',
    '[}',
    ']',
    '}',
    ',',
    ':',
    '[,]',
    '[1,]',
    '{,}',
    '{"a":1,}',
    '{"a",1}',
    '{1:2}',
    '[1 2]',
  ],
  ...['{} {}', '1 2', '"a" "b"', 'nul', '01', '1.', '.5', '+1', 'NaN', 'undefined', "'a'", '[1]]'],
  ...['"\n"', '"\u0000"', String.raw`"\x"`, String.raw`"\u00zz"`, '{"a" "b"}', '{"a"::1}', '"a"b'],
]

describe('a JSON text in pieces', () => {
  it.each(VALID)('gives what JSON.parse gives of %s, however it is cut', (text) => {
    for (let size = 1; size <= text.length; size++) {
      const value = read(cut(text, size))
      expect(value).toEqual(parseJsonText(text))
      expect(JSON.stringify(value)).toBe(JSON.stringify(parseJsonText(text)))
    }
  })

  it('gives what JSON.parse gives of any value', () => {
    fc.assert(
      fc.property(fc.json(), fc.integer({ min: 1, max: 40 }), (text, size) => {
        expect(read(cut(text, size))).toEqual(JSON.parse(text))
      }),
    )
  })

  it.each(INVALID)('refuses %j as JSON.parse does, however it is cut', (text) => {
    expect(() => JSON.parse(text)).toThrow()
    for (let size = 1; size <= Math.max(1, text.length); size++) {
      expect(() => read(cut(text, size))).toThrow(SyntaxError)
    }
  })

  it('names the position of what it refuses', () => {
    for (const [text, position] of [
      ['[1, 2 x]', 6],
      ['{"a": "b\n"}', 8],
      [`["${'y'.repeat(100)}\\q"]`, 103],
    ] as const) {
      for (const size of [1, 7, 200]) {
        expect(problemOf(() => read(cut(text, size)))).toBe(`at position ${position}`)
      }
    }
  })

  it('refuses what random damage makes of a text exactly where JSON.parse does', () => {
    const damaged = fc.tuple(fc.json(), fc.nat(), fc.constantFrom(...'{}[]:,"\\ x0-'))
    fc.assert(
      fc.property(damaged, fc.integer({ min: 1, max: 9 }), ([text, at, char], size) => {
        const place = at % text.length
        const broken = text.slice(0, place) + char + text.slice(place + 1)
        const isValid = problemOf(() => JSON.parse(broken)) === 'none'
        expect(problemOf(() => read(cut(broken, size))) === 'none').toBe(isValid)
      }),
      { numRuns: 500 },
    )
  })

  it('keeps the digits of integers that a double cannot hold', () => {
    const text = '{"id":12345678901234567890,"list":[-98765432109876543210,9007199254740993]}'
    expect(writeJson(read(cut(text, 3)))).toBe(text)
  })

  it('lets a __proto__ key reach no prototype', () => {
    const value = read(['{"__proto__":{"polluted":true}}']) as object
    expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
    expect(Object.hasOwn(value, '__proto__')).toBe(true)
  })

  it('knows after each piece how deep and how finely split the value is', () => {
    const reader = createJsonReader()
    reader.push('[[1,2],{"a":"[[[,,,')
    expect([reader.depth, reader.values]).toEqual([2, 5])
    reader.push('"},3]')
    expect([reader.depth, reader.values]).toEqual([2, 6])
  })

  it('refuses a number that is longer than any that means something', () => {
    expect(() => read(cut('1'.repeat(70_000), 1_000))).toThrow('at position 0')
    expect(read(cut(`[${'1'.repeat(60_000)}]`, 1_000))).toHaveLength(1)
  })
})
