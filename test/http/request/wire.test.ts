import { expect, it } from 'vitest'
import { z } from 'zod'
import { createWire } from '../../../src/http/request/wire.ts'

const AT = Date.UTC(2026, 0, 2, 3, 4, 5)

const figure = z
  .number()
  .nullable()
  .transform((value) => value ?? Number.NaN)

const { schema, toWire } = createWire(
  z.object({
    atMs: z.number(),
    createdAtMs: z.number(),
    sinceMs: z.number().nullable(),
    durationMs: z.number(),
    recallAt10: z.number(),
    pValue: figure,
    shares: z.record(z.string(), figure),
    parts: z.array(
      z.object({ exemplarId: z.string(), text: z.string().nullable().describe('As written.') }),
    ),
    inner: z.object({ withoutText: z.number().default(0) }).nullable(),
  }),
)

const facts = {
  ...{ atMs: AT, createdAtMs: AT, sinceMs: null, durationMs: 12.5, recallAt10: 1 },
  pValue: Number.NaN,
  shares: { byRoute: 0.5, none: Number.NaN },
  parts: [{ exemplarId: 'ex_1', text: null }],
  inner: { withoutText: 2 },
}

const json = {
  at: '2026-01-02T03:04:05.000Z',
  created_at: '2026-01-02T03:04:05.000Z',
  since: null,
  duration_ms: 12.5,
  recall_at_10: 1,
  p_value: null,
  shares: { byRoute: 0.5, none: null },
  parts: [{ exemplar_id: 'ex_1', text: null }],
  inner: { without_text: 2 },
}

it('gives names in snake case, times in ISO 8601, and null for what is no number', () => {
  expect(toWire(facts)).toEqual(json)
  expect(toWire({ ...facts, sinceMs: AT, inner: null })).toEqual({
    ...json,
    since: '2026-01-02T03:04:05.000Z',
    inner: null,
  })
})

it('leaves out what the facts hold besides', () => {
  const more = { ...facts, secret: 'x', parts: [{ exemplarId: 'ex_1', text: 'a', secret: 'y' }] }
  expect(JSON.stringify(toWire(more))).not.toMatch(/secret/)
})

it('derives the schema that its JSON fits, and nothing else does', () => {
  expect(schema.parse(json)).toEqual(json)
  for (const other of [
    { ...json, more: 1 },
    { ...json, at: 5 },
    { ...json, p_value: 'low' },
  ]) {
    expect(schema.safeParse(other).success).toBe(false)
  }
})

it('keeps descriptions, and says in JSON Schema what is required', () => {
  const { properties, required, additionalProperties } = z.toJSONSchema(schema)
  expect(required).toEqual(Object.keys(json))
  expect(additionalProperties).toBe(false)
  expect(properties?.at).toMatchObject({ type: 'string', format: 'date-time' })
  expect(JSON.stringify(properties?.parts)).toContain('As written.')
})
