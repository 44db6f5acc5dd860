import { describe, expect, it } from 'vitest'
import {
  createLedger,
  exemplarLedger,
  type LedgerVote,
} from '../../../src/training/candidates/exemplar-ledger.ts'

let voter = 0
const vote = (more: Partial<LedgerVote>): LedgerVote => ({
  principal: `key-${voter++}`,
  route: 'code',
  rightRoute: 'code',
  weight: 1,
  neighbours: [{ exemplarId: 'good', route: 'code', similarity: 0.9 }],
  ...more,
})
const times = (count: number, more: Partial<LedgerVote>) =>
  Array.from({ length: count }, () => vote(more))
const by = (exemplarId: string, route = 'code') => ({
  neighbours: [{ exemplarId, route, similarity: 0.9 }],
})

const accountOf = (votes: LedgerVote[], id: string) =>
  exemplarLedger(votes).find(({ exemplarId }) => exemplarId === id)

describe('the exemplar ledger', () => {
  it('credits the exemplars of the route that was right, by their share of the vote', () => {
    const account = accountOf(
      [
        vote({
          neighbours: [
            { exemplarId: 'near', route: 'code', similarity: 0.9 },
            { exemplarId: 'far', route: 'code', similarity: 0.8 },
            { exemplarId: 'other', route: 'math', similarity: 0.9 },
          ],
        }),
      ],
      'near',
    )
    expect(account?.credit).toBeCloseTo(1 / (2 + Math.exp(-1)), 6)
    expect(account?.blame).toBe(0)
  })

  it('blames those of the route that was wrong, and credits those that had spoken for the right one', () => {
    const said = vote({
      rightRoute: 'math',
      neighbours: [
        { exemplarId: 'wrong', route: 'code', similarity: 0.9 },
        { exemplarId: 'right', route: 'math', similarity: 0.9 },
      ],
    })
    expect(accountOf([said], 'wrong')).toMatchObject({ credit: 0, blame: 0.5 })
    expect(accountOf([said], 'right')).toMatchObject({ credit: 0.5, blame: 0 })
  })

  it('is sure of harm only after repeated blame beside a route that does well', () => {
    const fine = times(30, {})
    const blamed = (count: number) =>
      accountOf([...fine, ...times(count, { ...by('bad'), rightRoute: 'math' })], 'bad')?.harmChance
    expect(blamed(1)).toBeLessThan(0.6)
    expect(blamed(12)).toBeGreaterThan(0.95)
  })

  it('does not call a whole route harmful because only its errors are reported', () => {
    const votes = Array.from({ length: 10 }, (_, i) =>
      times(3, { ...by(`e${i}`), rightRoute: 'math' }),
    ).flat()
    expect(Math.max(...exemplarLedger(votes).map(({ harmChance }) => harmChance))).toBeLessThan(
      0.95,
    )
  })

  it('lets nobody vote an exemplar out alone', () => {
    const fine = times(30, {})
    const alone = times(10_000, { ...by('bad'), rightRoute: 'math', principal: 'loud' })
    const account = accountOf([...fine, ...alone], 'bad')
    expect(account?.blame).toBeCloseTo(2, 6)
    expect(account?.harmChance).toBeLessThan(0.95)
  })
})

it('judges many accounts in turns, and comes to the same', async () => {
  const ledger = createLedger()
  ledger.add(Array.from({ length: 1_200 }, (_, n) => vote(by(`exemplar-${n % 1_100}`))))
  let pauses = 0
  const entries = await ledger.entriesInTurns(async () => void pauses++)
  expect(entries).toEqual(ledger.entries())
  expect(entries).toHaveLength(1_100)
  expect(pauses).toBe(4)
})
