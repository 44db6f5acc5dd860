// Shares of conversations.
import { expect, it } from 'vitest'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { candidateOf, propensitiesOf, select, sharesOf } from '../../support/candidates.ts'

const candidates = ['a', 'b', 'c'].map((model) => candidateOf(model))
const weights = { a: 6, b: 3, c: 1 }

it('gives each model its share', () => {
  const shares = sharesOf('weighted', { candidates, settings: { weights } })
  expect(shares.a).toBeCloseTo(0.6, 1)
  expect(shares.b).toBeCloseTo(0.3, 1)
  expect(shares.c).toBeCloseTo(0.1, 1)
})

it('gives equal shares without weights, and where all are 0', () => {
  for (const settings of [{}, { weights: { a: 0, b: 0, c: 0 } }]) {
    const chances = propensitiesOf(select('weighted', { candidates, settings }))
    for (const model of ['a', 'b', 'c']) expect(chances[model]).toBeCloseTo(1 / 3, 9)
  }
})

it('divides among the others by their weights where the first cannot serve', () => {
  const random = createRandom(3)
  const after = { b: 0, c: 0 }
  for (let i = 0; i < 4_000; i++) {
    const order = select('weighted', { candidates, settings: { weights }, random })
    const next = order.map(({ model }) => model).filter((model) => model !== 'a')[0]
    if (next === 'b' || next === 'c') after[next] += 1 / 4_000
  }
  expect(after.b).toBeCloseTo(0.75, 1)
})

it('never takes a model of weight 0 first, and keeps it as a stand-in', () => {
  const settings = { weights: { a: 0, b: 1, c: 1 } }
  expect(sharesOf('weighted', { candidates, settings }).a).toBeUndefined()
  expect(select('weighted', { candidates, settings }).at(-1)).toEqual({ model: 'a', propensity: 0 })
})

it('stays with the model of a conversation that has begun', () => {
  const held = { model: 'c', isToolLoop: false }
  const ranking = select('weighted', { candidates, settings: { weights }, held })
  expect(ranking[0]).toEqual({ model: 'c', propensity: 1 })
})
