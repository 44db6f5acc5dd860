// The choice by outcomes, its price, its chance, and what it does without evidence.
import { describe, expect, it } from 'vitest'
import type { Estimate } from '../../../src/core/select/select-models.ts'
import { candidateOf, select, sharesOf } from '../../support/candidates.ts'

const estimateOf = (quality: number, costUsd: number, halfWidth = 0.01): Estimate => ({
  ...{ quality, costUsd, halfWidth, shift: 0, costFactor: 1 },
})
const dear = candidateOf('dear', { costUsd: 0.01, estimate: estimateOf(0.9, 0.01) })
const cheap = candidateOf('cheap', { costUsd: 0.001, estimate: estimateOf(0.8, 0.001) })
const candidates = [cheap, dear]

const winner = (request: Omit<Parameters<typeof select>[1], 'candidates'>, of = candidates) =>
  select('learned', { candidates: of, ...request })[0]?.model

describe('learned', () => {
  it('takes the best where quality is all, and the cheap one where its price is high', () => {
    expect(winner({ price: 0 })).toBe('dear')
    expect(winner({ price: 20 })).toBe('cheap')
  })

  it('goes by the lower bound: what is little known is not taken for good', () => {
    const doubtful = candidateOf('doubtful', { estimate: estimateOf(0.95, 0.001, 0.3) })
    expect(winner({ price: 0 }, [cheap, doubtful])).toBe('cheap')
  })

  it('chooses as `balanced` does without a price, or with estimates of one model alone', () => {
    const settings = { costQuality: 0.2, quality: { dear: 0.9, cheap: 0.8 } }
    const balanced = select('balanced', { candidates, settings })
    expect(select('learned', { candidates, settings, price: null })).toEqual(balanced)
    const one = [candidateOf('cheap', { costUsd: 0.001 }), dear]
    expect(select('learned', { candidates: one, settings, price: 0 })).toEqual(
      select('balanced', { candidates: one, settings }),
    )
  })

  it('stays with the conversation’s model unless another is clearly worth more', () => {
    const held = { model: 'cheap', isToolLoop: false }
    expect(winner({ price: 10, held })).toBe('cheap')
    expect(winner({ price: 0, held })).toBe('dear')
    expect(winner({ price: 0, held: { ...held, isToolLoop: true } })).toBe('cheap')
  })

  it('tries a model that might be better now and then, and says how likely that was', () => {
    const rival = candidateOf('rival', { estimate: estimateOf(0.88, 0.01, 0.05) })
    const all = [cheap, dear, rival]
    const ranking = select('learned', { candidates: all, price: 0 })
    expect(Object.fromEntries(ranking.map(({ model, propensity }) => [model, propensity]))).toEqual(
      { dear: 0.98, rival: 0.02, cheap: 0 },
    )
    const shares = sharesOf('learned', { candidates: all, price: 0 })
    expect(shares.rival).toBeGreaterThan(0.01)
    expect(shares.rival).toBeLessThan(0.03)
    expect(shares.cheap ?? 0).toBe(0)
  })

  it('puts a model that nothing is known of behind the others', () => {
    const unknown = candidateOf('unknown', { costUsd: 0.0001 })
    const ranking = select('learned', { candidates: [unknown, ...candidates], price: 0 })
    expect(ranking.map(({ model }) => model)).toEqual(['dear', 'cheap', 'unknown'])
  })
})
