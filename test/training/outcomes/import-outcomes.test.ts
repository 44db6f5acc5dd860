// An evaluation as it is kept: no text, and no trace of it, where storage.store_text forbids.
import { expect, it } from 'vitest'
import { outcomeRow, textCounts } from '../../../src/core/outcomes/outcome-row.ts'
import type { EvaluatedPrompt } from '../../../src/core/records/model-outcome.ts'
import type { StoreText } from '../../../src/store/store.ts'
import { importOutcomes } from '../../../src/training/outcomes/import-outcomes.ts'

const ROW = { text: 'Which one?', label: 'choice', scores: { a: 0, b: 1 } }

const imported = async (storeText: StoreText, rows = [ROW]) => {
  const kept = new Map<string, EvaluatedPrompt>()
  const run = () =>
    importOutcomes(rows, 'key-1', {
      store: {
        addEvaluatedPrompts: async (prompts) =>
          prompts.map((prompt) => {
            const wasThere = kept.has(prompt.id)
            kept.set(prompt.id, prompt)
            return wasThere
          }),
      },
      storeText,
      encoderId: 'tiny',
      shape: (text) => ({ text: text.toLowerCase() }),
      embed: async (texts) => texts.map((text) => Float32Array.of(text.length, 1)),
      now: () => 7,
    })
  return { kept, run }
}

it('keeps what was measured beside the embedding of the shaped text', async () => {
  const { kept, run } = await imported('full')
  expect(await run()).toEqual({ rows: 1, added: 1, replaced: 0, priced: 0, models: ['a', 'b'] })
  expect([...kept.values()]).toEqual([
    {
      id: expect.stringMatching(/^o_[0-9a-f]{24}$/),
      ...{
        label: 'choice',
        text: 'which one?',
        embedding: outcomeRow(Float32Array.of(10, 1), textCounts('which one?')),
      },
      ...{
        encoderId: 'tiny',
        scores: { a: 0, b: 1 },
        costs: {},
        principal: 'key-1',
        createdAtMs: 7,
      },
    },
  ])
})

it.each(['hash', 'off'] as const)('keeps no text under store_text: %s', async (storeText) => {
  const { kept, run } = await imported(storeText)
  await run()
  expect(await run()).toMatchObject({ added: 0, replaced: 1 })
  expect([...kept.values()].map(({ text }) => text)).toEqual([null])
})

it('names a prompt by nothing that a list of texts could be held against under store_text: off', async () => {
  const other = { ...ROW, text: 'Other one?' }
  const { kept, run } = await imported('off', [ROW, other])
  expect(await run()).toMatchObject({ rows: 2, added: 1 })
  expect(kept.size).toBe(1)
})

it('counts a prompt that stands there twice once, by its last row', async () => {
  const { kept, run } = await imported('full', [ROW, { ...ROW, scores: { a: 1, b: 1 } }])
  expect(await run()).toMatchObject({ rows: 2, added: 1, replaced: 0 })
  expect([...kept.values()][0]?.scores).toEqual({ a: 1, b: 1 })
})
