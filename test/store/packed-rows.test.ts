// Rows and their embeddings come back from the worker as they went in.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { packRows, unpackRows } from '../../src/store/sqlite/packed-rows.ts'
import { toBlob } from '../../src/store/sqlite/schema/float32-vector.ts'

const vector = fc.option(fc.float32Array({ maxLength: 9, noNaN: true }))
const row = fc.record({
  text: fc.option(fc.string({ unit: 'binary' })),
  confidence: fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => value + 0),
  embedding: vector,
})

it('packs rows into one buffer and gives back the same, empty and missing embeddings too', () => {
  fc.assert(
    fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
      const stored = rows.map((row) => ({ ...row, embedding: toBlob(row.embedding) }))
      const packed = structuredClone(packRows(stored))
      expect(unpackRows(packed)).toEqual(rows)
    }),
  )
})

it('takes columns that are JSON as the values they stand for', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.jsonValue(), fc.boolean()), { maxLength: 9 }), (values) => {
      const stored = values.map(([value, isNull]) => ({
        list: isNull ? null : JSON.stringify(value),
        embedding: null,
      }))
      const expected = values.map(([value, isNull]) =>
        isNull ? null : JSON.parse(JSON.stringify(value)),
      )
      const rows = unpackRows<{ list: unknown }>(packRows(stored, ['list']))
      expect(rows.map(({ list }) => list)).toEqual(expected)
    }),
  )
})

it('gives each row a buffer of its own, so that passing one on does not drag the others along', () => {
  const embedding = toBlob(Float32Array.of(1, 2))
  const rows = unpackRows<{ embedding: Float32Array }>(packRows([{ embedding }, { embedding }]))
  expect(rows.map(({ embedding }) => embedding.buffer.byteLength)).toEqual([8, 8])
})
