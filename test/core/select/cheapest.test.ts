// The least expected cost, and when a conversation gives up its provider's cache for it.
import { expect, it } from 'vitest'
import { candidateOf, select } from '../../support/candidates.ts'

const priced = (costs: Record<string, number | null>) =>
  Object.entries(costs).map(([model, costUsd]) => candidateOf(model, { costUsd }))
const order = (costs: Record<string, number | null>, held?: string) =>
  select('cheapest', {
    candidates: priced(costs),
    held: held ? { model: held, isToolLoop: false } : null,
  }).map(({ model }) => model)

it('takes the least expected cost first, and the next where that cannot serve', () => {
  expect(order({ a: 0.03, b: 0.01, c: 0.02 })).toEqual(['b', 'c', 'a'])
})

it('never takes an unknown price for a low one', () => {
  expect(order({ a: null, b: 0.5, c: null })).toEqual(['b', 'a', 'c'])
})

it('keeps the configured order of equals', () => {
  expect(order({ a: 0.01, b: 0.01 })).toEqual(['a', 'b'])
  expect(order({ a: null, b: null })).toEqual(['a', 'b'])
})

it('leaves the model of a conversation only for one that is a fifth cheaper', () => {
  expect(order({ a: 0.0085, b: 0.01 }, 'b')).toEqual(['b', 'a'])
  expect(order({ a: 0.0075, b: 0.01 }, 'b')).toEqual(['a', 'b'])
  // With a prompt in its cache the same model costs less than its prices say.
  expect(order({ a: 0.0075, b: 0.004 }, 'b')).toEqual(['b', 'a'])
})

it('leaves a model of unknown price for one of a known', () => {
  expect(order({ a: 0.01, b: null }, 'b')).toEqual(['a', 'b'])
  expect(order({ a: null, b: null }, 'b')).toEqual(['b', 'a'])
})
