// The smallest value that a tool's schema accepts.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { minimalValue } from '../../../src/upstream/echo/minimal-value.ts'

it.each<[unknown, unknown]>([
  [{ type: 'string' }, ''],
  [{ type: 'string', minLength: 3 }, 'xxx'],
  [{ type: 'string', format: 'date' }, '1970-01-01'],
  [{ type: 'integer', minimum: 2.5 }, 3],
  [{ type: 'number', exclusiveMinimum: 0 }, 1],
  [{ type: 'number', maximum: -2 }, -2],
  [{ type: 'boolean' }, false],
  [{ type: ['string', 'null'] }, ''],
  [{ type: 'null' }, null],
  [{ enum: ['b', 'a'] }, 'b'],
  [{ const: 7 }, 7],
  [{ type: 'string', default: 'd' }, 'd'],
  [{ type: 'array', items: { type: 'integer' }, minItems: 2 }, [0, 0]],
  [{ type: 'array', items: { type: 'integer' } }, []],
  [{ properties: { a: { type: 'string' } } }, {}],
  [{ anyOf: [{ type: 'integer' }, { type: 'string' }] }, 0],
  [
    {
      allOf: [
        { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] },
        { properties: { b: { type: 'boolean' } }, required: ['b'] },
      ],
    },
    { a: 0, b: false },
  ],
  [
    {
      type: 'object',
      properties: { at: { $ref: '#/$defs/point' } },
      required: ['at'],
      $defs: { point: { type: 'object', properties: { x: { type: 'number' } }, required: ['x'] } },
    },
    { at: { x: 0 } },
  ],
  [{ $ref: '#/$defs/gone' }, null],
  [true, null],
])('of %j is %j', (schema, value) => {
  expect(minimalValue(schema)).toEqual(value)
})

it('ends for a schema that holds itself', () => {
  const node = { type: 'object', properties: { next: { $ref: '#' } }, required: ['next'] }
  expect(JSON.stringify(minimalValue(node))).toContain('null')
})

it('never throws, whatever it is given', () => {
  fc.assert(fc.property(fc.jsonValue(), (schema) => void minimalValue(schema)))
})

it('stops where a small schema asks for more values than fit in memory', () => {
  const nested = (depth: number): object =>
    depth === 0 ? { type: 'integer' } : { type: 'array', minItems: 100, items: nested(depth - 1) }
  expect(JSON.stringify(minimalValue(nested(14))).length).toBeLessThan(200_000)
  const fork = {
    type: 'object',
    required: ['a', 'b'],
    properties: { a: { $ref: '#' }, b: { $ref: '#' } },
  }
  expect(JSON.stringify(minimalValue(fork)).length).toBeLessThan(400_000)
  const merged = Array.from({ length: 20_000 }, () => ({ properties: { a: true } }))
  expect(minimalValue({ allOf: merged })).toBeNull()
})

it('copies no value of its schema without bound', () => {
  const value = 'x'.repeat(15_000)
  const schema = {
    type: 'object',
    required: ['a', 'b'],
    properties: { a: { const: value }, b: { default: value } },
  }
  expect(minimalValue(schema)).toEqual({ a: value, b: null })
})
