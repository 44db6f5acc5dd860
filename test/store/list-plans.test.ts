// Lists over a large log: every list reads along an index in the order of the page, so that a page of a million rows costs what
// a page of a thousand costs. Held by the plan that SQLite makes, not by a clock.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { describe, expect, it, onTestFinished } from 'vitest'
import { readDecisions } from '../../src/store/sqlite/decision-table.ts'
import {
  readVotes,
  readVotesOnNeighbours,
  readVotesStamp,
} from '../../src/store/sqlite/votes-table.ts'
import { idOf, openStoreHere, temporaryFolder } from './fixtures.ts'

type Db = Parameters<typeof readDecisions>[0]

/** What SQLite would do for each statement that `read` runs, a line a step. */
const plansOf = async (read: (db: Db) => unknown): Promise<string[]> => {
  const file = join(temporaryFolder(), 'signalbox.db')
  const store = await openStoreHere({ file })
  await store.close()
  const statements: string[] = []
  const client = new Database(file, { verbose: (statement) => statements.push(String(statement)) })
  onTestFinished(() => void client.close())
  read(drizzle(client))
  return statements.splice(0).flatMap((statement) => {
    const steps = client.prepare(`EXPLAIN QUERY PLAN ${statement}`).all() as { detail: string }[]
    return steps.map(({ detail }) => detail)
  })
}

const PAGE = { limit: 50 }

describe('the list of decisions', () => {
  it.each([
    ['all', PAGE],
    ['from a cursor', { ...PAGE, before: idOf(9) }],
    ['of a route', { ...PAGE, route: 'code' }],
    ['of a route, from a cursor', { ...PAGE, route: 'code', before: idOf(9) }],
    ['of a reason', { ...PAGE, reason: 'matched' }],
    ['of an outcome', { ...PAGE, outcome: 'served' }],
    ['of one key', { ...PAGE, principals: ['key-1'] }],
  ])('reads %s along an index, without sorting', async (_, query) => {
    const plan = await plansOf((db) => readDecisions(db, query))
    expect(plan.length).toBeGreaterThan(0)
    for (const step of plan) {
      expect(step).toMatch(/USING (COVERING )?INDEX/)
      expect(step).not.toContain('TEMP B-TREE')
    }
  })
})

it('reads votes along an index, without sorting', async () => {
  const plan = await plansOf((db) =>
    readVotes(db, { limit: 50 } as Parameters<typeof readVotes>[1]),
  )
  expect(plan.length).toBeGreaterThan(0)
  expect(plan.join('\n')).not.toContain('TEMP B-TREE')
})

it('reads the votes of a decision by its id, not along all votes', async () => {
  const plan = await plansOf((db) => readVotes(db, { limit: 50, decisionIds: [idOf(1)] }))
  expect(plan.join('\n')).toMatch(/SEARCH feedback USING INDEX \S+ \(decision_id=\?/)
})

it('reads votes by pages along their rows, and their stamp off an index alone', async () => {
  const pages = await plansOf((db) => readVotesOnNeighbours(db, { after: 10, limit: 50 }))
  expect(pages).toEqual([
    expect.stringMatching(/SEARCH feedback USING INTEGER PRIMARY KEY/),
    expect.stringMatching(/SEARCH decisions USING INDEX/),
  ])
  const stamp = await plansOf(readVotesStamp)
  expect(stamp).toEqual([expect.stringMatching(/SCAN feedback USING COVERING INDEX/)])
})
