// Depth and number of values are those of the parsed value, and come without building it.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { behindString, jsonShape, MAX_JSON_DEPTH } from '../../src/core/json-shape.ts'

const nested = (depth: number, open = '[', close = ']'): string =>
  open.repeat(depth) + close.repeat(depth)

const depthOf = (value: unknown): number =>
  typeof value === 'object' && value !== null
    ? 1 + Math.max(0, ...Object.values(value).map(depthOf))
    : 0

it('knows the depth of any JSON value', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 12 }), fc.constantFrom(undefined, 2), (value, indent) => {
      expect(jsonShape(JSON.stringify(value, null, indent)).depth).toBe(depthOf(value))
    }),
  )
})

it('does not count what stands in strings', () => {
  const texts = ['[[[', '}}', '\\"[', '\\\\', '",[', '\\\\"[']
  for (const text of texts) {
    expect(jsonShape(JSON.stringify([text, { [text]: text }])).depth).toBe(2)
  }
})

it('knows a text at the limit from one beyond it', () => {
  const isTooDeep = (text: string): boolean => jsonShape(text).depth > MAX_JSON_DEPTH
  expect(isTooDeep(nested(MAX_JSON_DEPTH))).toBe(false)
  expect(isTooDeep(nested(MAX_JSON_DEPTH + 1))).toBe(true)
  expect(isTooDeep(`{"a":${nested(MAX_JSON_DEPTH)}}`)).toBe(true)
  expect(isTooDeep('[]'.repeat(MAX_JSON_DEPTH * 2))).toBe(false)
})

it('stops looking one level above the limit', () => {
  expect(jsonShape(nested(200_000)).depth).toBe(MAX_JSON_DEPTH + 1)
  expect(jsonShape(`${nested(200_000, '{"a":', '}')},,,`).values).toBe(MAX_JSON_DEPTH + 1)
})

it('ends on a string that never does', () => {
  for (const text of ['"', '"\\', '["\\"', '"\\\\\\'])
    expect(jsonShape(text).values).toBeLessThan(2)
})

it('finds the end of every string', () => {
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n') }), (value) => {
      const text = JSON.stringify(value)
      expect(behindString(`${text}, "next"`, 1)).toBe(text.length)
      expect(behindString(text.slice(0, -1), 1)).toBe(text.length - 1)
    }),
  )
})

it('tells whether a number may hold more digits than a double, and looks into no string', () => {
  for (const [text, isLong] of [
    ['[123456789012345, -123456789012345]', false],
    ['[1234567890123456]', true],
    ['{"a":0.1234567890123456}', true],
    ['["1234567890123456", 1]', false],
    ['[12345678, 90123456]', false],
  ] as const) {
    expect(jsonShape(text).hasLongNumber).toBe(isLong)
  }
})
