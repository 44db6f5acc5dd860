// What a shadow would have decided is summed up by pages: each one a range of an index, and together what the whole comes to.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import {
  addShadows,
  NO_SHADOWS,
  readShadowPage,
  type ShadowPage,
} from '../../src/store/sqlite/shadow-table.ts'
import { decisionOf, idOf, openStoreHere, temporaryFolder } from './fixtures.ts'

const ROUTES = ['code', 'chat', 'chat', 'math', 'chat', 'code', 'math']

const openShadowed = async () => {
  const file = join(temporaryFolder(), 'signalbox.db')
  const store = await openStoreHere({ file })
  for (const [n] of ROUTES.entries()) store.recordDecision(decisionOf(n + 1), 'pending')
  await store.addShadowDecisions(
    [...ROUTES, 'nobody knows it'].map((route, n) => ({
      ...{ decisionId: idOf(n + 1), generation: 43, route, reason: 'matched' as const },
      ...{ confidence: 0.5, createdAtMs: n },
    })),
  )
  const whole = await store.shadowSummary(43)
  await store.close()
  const statements: string[] = []
  const client = new Database(file, { verbose: (text) => statements.push(String(text)) })
  onTestFinished(() => void client.close())
  return { db: drizzle(client), client, statements, whole }
}

it('comes to the same, whatever the size of a page', async () => {
  const { db, whole } = await openShadowed()
  expect(whole).toMatchObject({
    decisions: 7,
    differing: 5,
    moves: [
      { from: 'code', to: 'chat', decisions: 3 },
      { from: 'code', to: 'math', decisions: 2 },
    ],
  })
  for (const limit of [1, 2, 3, 8]) {
    let sum = NO_SHADOWS
    for (let before: string | null | undefined = null; before !== undefined; ) {
      const page: ShadowPage = readShadowPage(db, { generation: 43, before, limit, examples: 50 })
      sum = addShadows(sum, page)
      before = page.next ?? undefined
    }
    expect(sum).toEqual(whole)
  }
})

it('reads a page along an index, without sorting', async () => {
  const { db, client, statements } = await openShadowed()
  statements.splice(0)
  readShadowPage(db, { generation: 43, before: idOf(6), limit: 3, examples: 0 })
  const [first = ''] = statements.splice(0)
  const plan = client.prepare(`EXPLAIN QUERY PLAN ${first}`).all() as { detail: string }[]
  for (const { detail } of plan) {
    expect(detail).toMatch(/^SEARCH .*USING INDEX/)
  }
})
