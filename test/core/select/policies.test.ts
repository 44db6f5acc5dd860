// What holds for every policy: a whole order, honest chances, models that rest and tasks that are under way.
import { describe, expect, it } from 'vitest'
import { SELECT_NAMES } from '../../../src/core/select/policies.ts'
import { createRandom } from '../../../src/core/statistics/random.ts'
import { candidateOf, propensitiesOf, select, sharesOf } from '../../support/candidates.ts'

const three = [
  candidateOf('a', { costUsd: 0.03, firstTokenMs: 300, tokensPerSecond: 50, isStale: false }),
  candidateOf('b', { costUsd: 0.01, firstTokenMs: 250, tokensPerSecond: 60, isStale: false }),
  candidateOf('c', { costUsd: 0.02 }),
]
const resting = three.map((one) => (one.model === 'b' ? { ...one, waitMs: 900 } : one))
const loop = (model: string) => ({ model, isToolLoop: true })

describe.each(SELECT_NAMES)('%s', (policy) => {
  it('puts every model in order once, with chances that add up to one', () => {
    for (let seed = 0; seed < 50; seed++) {
      const ranking = select(policy, { candidates: three, random: createRandom(seed) })
      expect(ranking.map(({ model }) => model).sort()).toEqual(['a', 'b', 'c'])
      expect(ranking.reduce((sum, { propensity }) => sum + propensity, 0)).toBeCloseTo(1, 9)
    }
  })

  it('puts a model first as often as it says', () => {
    const told = propensitiesOf(select(policy, { candidates: three }))
    const shares = sharesOf(policy, { candidates: three })
    for (const { model } of three) {
      expect(Math.abs((shares[model] ?? 0) - (told[model] ?? 0))).toBeLessThan(0.03)
    }
  })

  it('makes the same of the same seed', () => {
    const once = () => select(policy, { candidates: three, random: createRandom(99) })
    expect(once()).toEqual(once())
  })
})

describe.each(SELECT_NAMES.filter((name) => name !== 'first'))('%s', (policy) => {
  it('puts a model that rests after failures last, and without a chance', () => {
    for (let seed = 0; seed < 20; seed++) {
      const ranking = select(policy, { candidates: resting, random: createRandom(seed) })
      expect(ranking.at(-1)).toEqual({ model: 'b', propensity: 0 })
    }
  })

  it('still puts them in order where all of them rest', () => {
    const candidates = three.map((one) => ({ ...one, waitMs: 500 }))
    expect(select(policy, { candidates })).toHaveLength(3)
  })

  it('goes on with a task under way where it is, unless that model rests', () => {
    for (const { model } of three) {
      const ranking = select(policy, { candidates: three, held: loop(model) })
      expect(ranking[0]).toEqual({ model, propensity: 1 })
    }
    const ranking = select(policy, { candidates: resting, held: loop('b') })
    expect(ranking[0]?.model).not.toBe('b')
  })
})

it('first keeps the configured order, whatever the models’ health', () => {
  const candidates = [candidateOf('a', { waitMs: 900 }), candidateOf('b')]
  expect(select('first', { candidates }).map(({ model }) => model)).toEqual(['a', 'b'])
})
