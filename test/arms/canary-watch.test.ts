import { expect, it } from 'vitest'
import { readVotes } from '../../src/arms/canary-watch.ts'
import type { ArmVote } from '../../src/core/records/arm-records.ts'

const voteAt = (atMs: number, i: number): ArmVote => ({
  decisionId: `decision-${i}`,
  sessionId: null,
  arm: 'canary',
  generation: 2,
  isBad: false,
  atMs,
})

it('reads past more votes of one millisecond than a page holds', async () => {
  const votes = Array.from({ length: 12_000 }, (_, i) => voteAt(i < 11_000 ? 1_000 : 1_001, i))
  const store = {
    listArmVotes: async ({ votedSinceMs, limit }: { votedSinceMs: number; limit: number }) =>
      votes.filter(({ atMs }) => atMs >= votedSinceMs).slice(0, limit),
  }
  const seen = new Set<string>()
  let pages = 0
  for await (const page of readVotes(store, { startedAtMs: 0 }, 0)) {
    for (const { decisionId } of page) seen.add(decisionId)
    pages += 1
    if (pages > 10) break
  }
  expect({ seen: seen.size, pages }).toEqual({ seen: 12_000, pages: 4 })
})
