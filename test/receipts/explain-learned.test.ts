// A model that was chosen by outcomes is chosen again from the generation, with and without the prompt's text.
import Database from 'better-sqlite3'
import { describe, expect, it, vi } from 'vitest'
import { outcomeRow, textCounts } from '../../src/core/outcomes/outcome-row.ts'
import { explainMany } from '../../src/receipts/explain-decision.ts'
import type { StoreText } from '../../src/store/store.ts'
import { fitOutcomes } from '../../src/training/outcomes/fit-outcomes.ts'
import { createPast, pastConfig } from './past.ts'

vi.setConfig({ testTimeout: 60_000 })

const MODELS = ['small', 'large']
const ROUTES = ['code', 'cooking', 'travel', 'finance', 'fitness', 'general']
const PROMPTS = ['fix my python loop', 'roast a chicken', 'a week in lisbon', 'pay off my mortgage']

const configOf = (target: object) =>
  pastConfig({
    models: Object.fromEntries(
      MODELS.map((name, i) => [
        name,
        {
          ...{ provider: 'demo', name, input_usd_per_million: 1 + 9 * i },
          output_usd_per_million: 2 + 18 * i,
        },
      ]),
    ),
    routes: Object.fromEntries(
      ROUTES.map((route) => [route, { models: MODELS, select: { policy: 'learned', target } }]),
    ),
  })

const learnedFrom = async (past: Awaited<ReturnType<typeof createPast>>) => {
  const { dimensions, searchDimensions } = past.encoder
  const count = 240
  const data = new Float32Array(count * (dimensions + 8))
  const texts = Array.from({ length: count }, (_, i) => `${PROMPTS[i % 4]} number ${i}`)
  for (const [i, text] of texts.entries()) {
    data.set(outcomeRow(await past.encoder.embed(text), textCounts(text)), i * (dimensions + 8))
  }
  const matrix = (at: (i: number, j: number) => number) => ({
    ...{ rows: count, cols: 2 },
    data: Float32Array.from({ length: 2 * count }, (_, n) => at(n >> 1, n & 1)),
  })
  const kept = {
    ids: texts.map((_, i) => `o_${i}`),
    rows: { rows: count, cols: dimensions + 8, data },
    isServed: texts.map(() => false),
    table: {
      models: MODELS,
      labels: texts.map(() => ''),
      scores: matrix((i, j) => (j === 1 || i % 4 === 0 ? 1 : 0)),
      costs: matrix((_, j) => (j === 0 ? 0.001 : 0.01)),
    },
    foreign: 0,
  }
  return fitOutcomes(kept, { aims: [], split: searchDimensions, seed: 1 })
}

const explained = async (target: object, storeText: StoreText) => {
  const past = await createPast(storeText)
  await past.build([], await learnedFrom(past))
  await past.configure(configOf(target))
  const ids: string[] = []
  for (const prompt of PROMPTS) ids.push(await past.ask([prompt]), await past.ask([prompt, 'and?']))
  // What serves and what is configured now does not matter.
  await past.build()
  await past.configure(pastConfig())
  await past.store.flush()
  const explain = async () => (await explainMany(ids, past)).filter((one) => one !== null)
  return { past, ids, explain }
}

describe.each<[StoreText]>([['full'], ['off']])('under store_text: %s', (storeText) => {
  it.each([{ quality: 0.98 }, { usd_per_day: 5 }])(
    'the choice for %o comes out the same, estimates and price included',
    async (target) => {
      const { ids, explain } = await explained(target, storeText)
      const receipts = await explain()
      expect(receipts.map(({ verdict }) => verdict)).toEqual(ids.map(() => 'reproduced'))
      const learned = receipts.map(({ decision }) => decision.selection?.learned)
      expect(learned.every((one) => one?.price != null && one.fallback === null)).toBe(true)
      const models = new Set(receipts.map(({ decision }) => decision.model))
      if ('quality' in target) expect([...models].sort()).toEqual(['large', 'small'])
    },
  )
})

it('tells of an estimate and of a price that do not follow from the generation', async () => {
  const { past, ids, explain } = await explained({ quality: 0.98 }, 'full')
  const db = new Database(past.databaseFile)
  const { selection } = db.prepare('SELECT selection FROM decisions WHERE id = ?').get(ids[0]) as {
    selection: string
  }
  const changed = JSON.parse(selection)
  changed.learned.price += 1
  changed.candidates[0].estimate.quality += 0.1
  db.prepare('UPDATE decisions SET selection = ? WHERE id = ?').run(JSON.stringify(changed), ids[0])
  db.close()
  const [receipt] = await explain()
  expect(receipt?.verdict).toBe('differs')
  expect(receipt?.differences.map(({ field }) => field)).toEqual([
    'selection.price',
    'selection.small.quality',
  ])
})
