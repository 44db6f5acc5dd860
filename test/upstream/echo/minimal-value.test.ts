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
