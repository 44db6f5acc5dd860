// kill -9 while decisions and feedback are being written: nothing acknowledged is lost, nothing is torn.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { expect, it } from 'vitest'
import { startModule } from '../store/fault-fixtures.ts'
import { decisionOf, idOf, openStore, openStoreHere, temporaryFolder } from '../store/fixtures.ts'

const ROUNDS = 20
const VOTES_BEFORE_THE_KILL = 25

// Acknowledged votes are written with writeSync: what is in the pipe survives the process.
const WRITER = `
import { writeSync } from 'node:fs'
import { createSqliteStore } from 'STORE'
const [file, round, decision] = [process.argv[2], Number(process.argv[3]), JSON.parse(process.argv[4])]
const quiet = () => {}
const store = await createSqliteStore({
  file, storeText: 'full', flushIntervalMs: 2, queueLimit: 100000,
  logger: { debug: quiet, info: quiet, warn: quiet, error: quiet },
})
const embedding = new Float32Array(384).fill(0.05)
for (let n = 0; ; n++) {
  const id = 'round-' + String(round).padStart(3, '0') + '-' + String(n).padStart(9, '0')
  store.recordDecision({ ...decision, id, embedding }, 'pending')
  store.completeDecision(id, {
    outcome: 'served', model: 'm' + (n % 3), attempts: [], usage: { promptTokens: n, completionTokens: 2, isEstimated: false },
    costUsd: n % 5 === 0 ? null : n / 1e6, firstTokenMs: n % 700, totalMs: n,
  })
  if (n % 20 !== 0) continue
  await store.addFeedback({
    id: 'vote-' + id, decisionId: id, principal: 'p', verdict: 'good', correctRoute: null, score: null,
    comment: null, createdAtMs: n,
  })
  writeSync(1, id + '\\n')
}
`

/** Counts and times; a request that was taken out again may leave a row of nothing. */
const usageIn = (client: Database.Database): unknown[][] => [
  client
    .prepare('SELECT * FROM usage_counts WHERE requests <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7')
    .all(),
  client
    .prepare('SELECT * FROM usage_times WHERE requests <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8')
    .all(),
]

it('loses no acknowledged vote in twenty rounds of kill -9, stays sound, and its sums are those of its rows', async () => {
  const folder = temporaryFolder()
  const file = join(folder, 'signalbox.db')
  const acknowledged: string[] = []
  for (let round = 0; round < ROUNDS; round++) {
    const writer = startModule(folder, WRITER, [
      file,
      String(round),
      JSON.stringify(decisionOf(1, { embedding: null })),
    ])
    await writer.line(() => writer.lines.length >= VOTES_BEFORE_THE_KILL + round)
    await writer.kill()
    acknowledged.push(...writer.lines)

    const client = new Database(file)
    expect(client.pragma('integrity_check', { simple: true })).toBe('ok')
    expect(client.pragma('foreign_key_check')).toEqual([])
    const kept = client.prepare('SELECT decision_id FROM feedback').pluck().all()
    expect(new Set(kept)).toEqual(new Set([...acknowledged, ...kept]))
    // A batch is one transaction, and so no decision is there without those before it.
    const gaps = client
      .prepare(
        "SELECT count(*) - 1 - max(CAST(substr(id, 11) AS INTEGER)) FROM decisions WHERE id LIKE 'round-' || ? || '%'",
      )
      .pluck()
      .get(String(round).padStart(3, '0'))
    expect(gaps).toBe(0)
    const sums = usageIn(client)
    client.close()
    const store = await openStoreHere({ file })
    await store.rebuildUsage()
    await store.close()
    const rebuilt = new Database(file)
    expect(sums).toEqual(usageIn(rebuilt))
    expect(sums[0]?.length).toBeGreaterThan(0)
    rebuilt.close()
  }
  expect(acknowledged.length).toBeGreaterThanOrEqual(ROUNDS * VOTES_BEFORE_THE_KILL)

  const store = await openStore({ file })
  store.recordDecision(decisionOf(1), 'pending')
  expect(await store.getDecision(idOf(1))).toMatchObject(decisionOf(1))
  expect((await store.listFeedback()).length).toBeGreaterThanOrEqual(acknowledged.length)
}, 180_000)
