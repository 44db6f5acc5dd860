// The prepared predictor is the model itself, one prompt at a time; and what was learned comes back from its bytes as it was.
import { describe, expect, it } from 'vitest'
import { rowOf } from '../../../src/core/linear/matrix.ts'
import { estimateOutcomes, fitOutcomeModel } from '../../../src/core/outcomes/outcome-model.ts'
import { createOutcomePredictor, withNearby } from '../../../src/core/outcomes/outcome-predictor.ts'
import { outcomeRows } from '../../../src/core/outcomes/outcome-row.ts'
import { openOutcomes, packOutcomes } from '../../../src/core/outcomes/outcomes-file.ts'
import { packValue, unpackValue } from '../../../src/core/outcomes/packed-value.ts'
import { DIMENSIONS, madeOutcomes } from '../../support/made-outcomes.ts'

const textsOf = (count: number) =>
  Array.from({ length: count }, (_, i) => `prompt ${'x'.repeat(i)}`)
const made = (count: number, seed: number) => {
  const { rows, table } = madeOutcomes(count, seed)
  return { rows: outcomeRows(rows, textsOf(count)), table }
}

const whole = fitOutcomeModel({ ...made(300, 1), split: DIMENSIONS, seed: 1 })
const model = withNearby(
  whole,
  Int32Array.from({ length: 200 }, (_, i) => i),
)
const unseen = made(20, 2)

it('predicts for one prompt what the model estimates for many', () => {
  const wanted = estimateOutcomes(model, unseen.rows)
  const predict = createOutcomePredictor(model)
  for (let i = 0; i < unseen.rows.rows; i++) {
    const found = predict(rowOf(unseen.rows, i))
    for (const part of ['quality', 'halfWidth', 'cost'] as const) {
      for (const [j, value] of rowOf(wanted[part], i).entries())
        expect(found[part][j]).toBeCloseTo(value, 4)
    }
  }
})

it('predicts the same to the last bit once it was written and read, held-out prompts included', () => {
  const { quality, halfWidth, cost } = estimateOutcomes(model, unseen.rows)
  const { scores, costs, labels } = unseen.table
  const heldOut = { labels: [...labels], quality, halfWidth, cost, scores, costs }
  const bytes = packOutcomes({ model, heldOut })
  const [first, second] = [openOutcomes(bytes), openOutcomes(bytes)]
  expect(first.heldOut).toEqual(heldOut)
  expect(first.models).toEqual(model.models)
  const prompt = rowOf(unseen.rows, 3)
  expect(first.predict(prompt)).toEqual(second.predict(prompt))
})

describe('a packed value', () => {
  it('comes back with its arrays, whatever their kind, emptiness and depth', () => {
    const value = {
      a: Float32Array.of(1.5, Number.NaN),
      b: [{ c: Float64Array.of(0.1) }, null, 'text', new Int32Array(0)],
      d: { e: Int32Array.of(-1, 2, 3), f: 7 },
    }
    expect(unpackValue(packValue(value))).toEqual(value)
  })

  it('is refused where its bytes are cut', () => {
    const bytes = packValue({ a: new Float32Array(10) })
    expect(() => unpackValue(bytes.slice(0, bytes.length - 16))).toThrow()
  })
})
