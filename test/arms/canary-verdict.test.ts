// What votes say about a canary: which of them count, when it is worse, when it has held.
import { describe, expect, it } from 'vitest'
import { createCanaryJudge } from '../../src/arms/canary-verdict.ts'
import type { ArmVote } from '../../src/core/records/arm-records.ts'
import { createRandom } from '../../src/core/statistics/random.ts'

const CANARY = { generation: 7, against: 6, share: 0.25, startedAtMs: 0, author: 'ops' }
const SETTINGS = { share: 0.25, promote_after_votes: 40, false_rollback_chance: 0.05 }

let ids = 0
const vote = (arm: ArmVote['arm'], isBad: boolean, changes: Partial<ArmVote> = {}): ArmVote => {
  ids += 1
  const generation = arm === 'canary' ? CANARY.generation : CANARY.against
  return {
    decisionId: `d${ids}`,
    sessionId: null,
    arm,
    generation,
    isBad,
    atMs: ids,
    ...changes,
  }
}

/** Votes as they come in: three on the serving arm for each on the canary. */
const votes = (count: number, rates: { serving: number; canary: number }, seed = 1): ArmVote[] => {
  const random = createRandom(seed)
  return Array.from({ length: count }, (_, i) => {
    const arm = i % 4 === 0 ? 'canary' : 'serving'
    return vote(arm, random() < rates[arm])
  })
}

describe('the verdict on a canary', () => {
  it('is open at first', () => {
    const judge = createCanaryJudge(CANARY, SETTINGS)
    expect(judge.ruling()).toBeNull()
    expect(judge.verdict()).toMatchObject({
      verdict: 'undecided',
      worseFrom: 20,
      summary:
        'Too early to say. Canary generation 7: no votes yet; generation 6: no votes yet; evidence that it is worse 1.00, rolled back at 20.',
    })
  })

  it('is worse where its bad rate clearly is, in words with the figures', () => {
    const judge = createCanaryJudge(CANARY, SETTINGS)
    judge.add(votes(400, { serving: 0.1, canary: 0.5 }))
    const { verdict, summary, canary } = judge.verdict()
    expect(verdict).toBe('worse')
    expect(canary.votes).toBeLessThan(60)
    expect(summary).toMatch(
      /^Rolled back: the canary is worse\. Its generation 7: \d+ of \d+ votes bad \([\d.]+ %\); generation 6: \d+ of \d+ votes bad \([\d.]+ %\); evidence [\d.]+ of 20\.$/,
    )
  })

  it('does not change once it is reached', () => {
    const judge = createCanaryJudge(CANARY, SETTINGS)
    judge.add(votes(400, { serving: 0.1, canary: 0.6 }))
    const reached = judge.verdict()
    judge.add(votes(4_000, { serving: 0.1, canary: 0 }, 2))
    expect(judge.verdict()).toEqual(reached)
  })

  it('is that it held, once both arms have enough votes and it is no worse', () => {
    const judge = createCanaryJudge(CANARY, SETTINGS)
    judge.add(votes(156, { serving: 0.1, canary: 0 }))
    expect(judge.ruling()).toBeNull()
    judge.add(votes(8, { serving: 0.1, canary: 0 }, 2))
    expect(judge.verdict()).toMatchObject({ verdict: 'held', canary: { bad: 0 } })
  })

  it('never promotes by itself where promote_after_votes is 0', () => {
    const judge = createCanaryJudge(CANARY, { ...SETTINGS, promote_after_votes: 0 })
    judge.add(votes(4_000, { serving: 0.2, canary: 0.05 }))
    expect(judge.ruling()).toBeNull()
  })

  it('counts a session and a decision once, by the first vote', () => {
    const judge = createCanaryJudge(CANARY, SETTINGS)
    judge.add([
      vote('canary', false, { sessionId: 'a' }),
      vote('canary', true, { sessionId: 'a' }),
      vote('serving', false, { decisionId: 'x' }),
      vote('serving', true, { decisionId: 'x' }),
    ])
    expect(judge.verdict()).toMatchObject({
      canary: { votes: 1, bad: 0 },
      serving: { votes: 1, bad: 0 },
    })
  })

  it('passes over votes on decisions of other generations', () => {
    const judge = createCanaryJudge(CANARY, SETTINGS)
    judge.add([vote('canary', true, { generation: 5 }), vote('serving', true, { generation: 5 })])
    expect(judge.verdict()).toMatchObject({ canary: { votes: 0 }, serving: { votes: 0 } })
  })

  it('is the same however the votes are handed in', () => {
    const all = votes(300, { serving: 0.2, canary: 0.3 })
    const atOnce = createCanaryJudge(CANARY, SETTINGS)
    atOnce.add(all)
    const oneByOne = createCanaryJudge(CANARY, SETTINGS)
    for (const [i, one] of all.entries()) oneByOne.add([...all.slice(Math.max(0, i - 5), i), one])
    expect(oneByOne.verdict()).toEqual(atOnce.verdict())
  })
})
