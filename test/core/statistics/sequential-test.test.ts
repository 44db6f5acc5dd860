// The canary's test: valid however often somebody looks, and strong enough to be of use.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { createRandom } from '../../../src/core/statistics/random.ts'
import {
  createSequentialTest,
  servingVotesPerBlock,
} from '../../../src/core/statistics/sequential-test.ts'

interface Run {
  seed: number
  share: number
  servingRate: number
  canaryRate: number
  votes: number
}

/** Votes until the evidence reaches `worseFrom`, looking after each; null where it never does. */
const votesUntilWorse = (run: Run, worseFrom = 20): number | null => {
  const random = createRandom(run.seed)
  const test = createSequentialTest(servingVotesPerBlock(run.share))
  for (let votes = 1; votes <= run.votes; votes++) {
    const arm = random() < run.share ? 'canary' : 'serving'
    test.add(arm, random() < (arm === 'canary' ? run.canaryRate : run.servingRate))
    if (test.state().peak >= worseFrom) return votes
  }
  return null
}

const shareWorse = (runs: number, run: Omit<Run, 'seed'>): number => {
  const seeds = Array.from({ length: runs }, (_, i) => i * 7_919 + 1)
  return seeds.filter((seed) => votesUntilWorse({ ...run, seed }) !== null).length / runs
}

/** Mean of the evidence after one block, over all of its outcomes, when all votes are bad with chance `rate`. */
const meanAfterBlock = (history: boolean[][], rate: number, servingPerBlock: number): number => {
  let mean = 0
  for (let outcome = 0; outcome < 2 ** (servingPerBlock + 1); outcome++) {
    const test = createSequentialTest(servingPerBlock)
    const take = ([canary = false, ...serving]: boolean[]) => {
      test.add('canary', canary)
      for (const isBad of serving) test.add('serving', isBad)
    }
    history.forEach(take)
    const bits = Array.from({ length: servingPerBlock + 1 }, (_, i) => ((outcome >> i) & 1) === 1)
    take(bits)
    const chance = bits.reduce((product, isBad) => product * (isBad ? rate : 1 - rate), 1)
    mean += chance * test.state().evidence
  }
  return mean
}

describe('the sequential test', () => {
  it('is a fair game: after any history, a block of equal arms leaves the mean evidence where it was or lower', () => {
    fc.assert(
      fc.property(
        fc.array(fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }), { maxLength: 6 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (history, rate) => {
          const before = createSequentialTest(3)
          for (const [canary = false, ...serving] of history) {
            before.add('canary', canary)
            for (const isBad of serving) before.add('serving', isBad)
          }
          const { evidence } = before.state()
          expect(meanAfterBlock(history, rate, 3)).toBeLessThanOrEqual(evidence * (1 + 1e-9))
        },
      ),
      { numRuns: 100 },
    )
  })

  it('rolls back an equal canary in at most 5 of 100 runs, looked at after every vote', () => {
    // 200 runs: 5 % and three standard errors of 1.5 points.
    const equal = { share: 0.2, servingRate: 0.15, canaryRate: 0.15, votes: 2_000 }
    expect(shareWorse(200, equal)).toBeLessThanOrEqual(0.05 + 3 * Math.sqrt((0.05 * 0.95) / 200))
  })

  it('does so less often still where the canary is better', () => {
    const better = { share: 0.2, servingRate: 0.2, canaryRate: 0.1, votes: 2_000 }
    expect(shareWorse(100, better)).toBeLessThanOrEqual(0.02)
  })

  it('catches a bad rate that is 20 points higher in all but a few runs', () => {
    const worse = { share: 0.2, servingRate: 0.1, canaryRate: 0.3, votes: 2_000 }
    expect(shareWorse(100, worse)).toBeGreaterThanOrEqual(0.99)
  })

  it('says nothing before a block is full, and counts the votes that wait', () => {
    const test = createSequentialTest(3)
    for (let i = 0; i < 50; i++) test.add('canary', true)
    test.add('serving', false)
    expect(test.state()).toEqual({
      evidence: 1,
      peak: 1,
      canary: { votes: 50, bad: 50 },
      serving: { votes: 1, bad: 0 },
    })
  })

  it('stays finite, and keeps its peak, over long runs of the same vote', () => {
    const test = createSequentialTest(1)
    for (let i = 0; i < 5_000; i++) {
      test.add('canary', false)
      test.add('serving', true)
    }
    const { evidence, peak } = test.state()
    expect(evidence).toBeGreaterThanOrEqual(0)
    expect(evidence).toBeLessThan(1e-6)
    expect(peak).toBe(1)
  })

  it('pairs votes as they come in: nine serving ones for each at a tenth, one at a half', () => {
    expect([0.01, 0.1, 0.3, 0.5].map(servingVotesPerBlock)).toEqual([99, 9, 2, 1])
  })
})
