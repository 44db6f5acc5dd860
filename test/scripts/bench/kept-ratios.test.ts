import { describe, expect, it } from 'vitest'
import { changes, describeChanges, ratiosOf, readKept } from '../../../scripts/bench/kept-ratios.ts'

const summary = (p50: number) => ({ p50, p95: 2 * p50, p99: 3 * p50, runs: 10 })

describe('the kept ratios of npm run bench', () => {
  it('are those of each stage to the stock way, and of many exemplars to few', () => {
    const cold = { embed: summary(3), 'whole decision': summary(4) }
    const stage = { tokens: 10, cold, cached: {}, stockWay: summary(2), ratio: 2, ratioP95: 2 }
    expect(ratiosOf([stage], [{ tokens: 10, ratio: 1.05 }])).toEqual({
      '10 tokens, embed ÷ stock': 1.5,
      '10 tokens, whole decision ÷ stock': 2,
      '10 tokens, 10,000 ÷ 100 exemplars': 1.05,
    })
  })

  it('tell what is slower or faster by more than two quiet runs differ', () => {
    const kept = { a: 1, b: 1, c: 1, gone: 1 }
    const { slower, faster } = changes(kept, { a: 1.16, b: 1.14, c: 0.8, fresh: 9 })
    expect(slower).toEqual([{ what: 'a', kept: 1, now: 1.16 }])
    expect(faster).toEqual([{ what: 'c', kept: 1, now: 0.8 }])
  })

  it('say nothing of stages that are too short to be told apart', () => {
    expect(changes({ a: 0.001 }, { a: 0.019 })).toEqual({ slower: [], faster: [] })
    expect(changes({ a: 0.001 }, { a: 0.021 }).slower).toHaveLength(1)
  })

  it('are printed with what they were, or that nothing is slower', () => {
    expect(describeChanges({ a: 1, b: 2 }, { a: 2, b: 1 }).slice(1)).toEqual([
      '  SLOWER a: 1.00 → 2.00',
      '  faster b: 2.00 → 1.00',
    ])
    expect(describeChanges({ a: 1 }, { a: 1 }).slice(1)).toEqual(['  nothing is slower'])
  })

  it('are in the repository, each a number above 0', () => {
    expect(Object.keys(readKept())).toContain('10 tokens, whole decision ÷ stock')
    for (const ratio of Object.values(readKept())) expect(ratio).toBeGreaterThan(0)
  })
})
