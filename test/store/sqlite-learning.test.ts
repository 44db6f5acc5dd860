// The SQLite store's part in learning: the common cases, then a reader beside a running server, and an upgrade.
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { drizzle } from 'drizzle-orm/better-sqlite3'
import { expect, it } from 'vitest'
import { migrate } from '../../src/store/sqlite/migrate.ts'
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts'
import {
  decisionOf,
  feedbackOf,
  idOf,
  openStore,
  openStoreHere,
  temporaryFolder,
} from './fixtures.ts'
import { describeLearning } from './learning-cases.ts'

describeLearning('SqliteStore', (options) =>
  openStoreHere({ file: join(temporaryFolder(), 'signalbox.db'), ...options }),
)

it('serves every list to a reader beside a running server, and lets it write nothing', async () => {
  const file = join(temporaryFolder(), 'signalbox.db')
  const server = await openStore({ file })
  const reader = await openStore({ file, readOnly: true })
  server.recordDecision(decisionOf(1), 'pending')
  await server.addFeedback(feedbackOf(1))
  const { id } = feedbackOf(2)
  const ruling = {
    id,
    subject: 'exemplar' as const,
    subjectId: 'ex_1',
    action: 'quarantine' as const,
    route: null,
    author: 'alice',
    note: null,
    createdAtMs: 1,
  }
  await server.addRuling(ruling)
  await server.saveConfigVersion({ hash: 'h', text: 'a: 1', author: 'start', createdAtMs: 1 })
  await server.addConfigActivation({ id, hash: 'h', author: 'start', cause: 'start', atMs: 1 })
  await server.forget({ sessionId: 'nobody' }, ['ex_9'])

  expect(await reader.listFeedback()).toEqual(await server.listFeedback())
  expect(await reader.listForgettable({ sessionId: 'session-1' })).toHaveLength(1)
  expect(await reader.listReplayRows({ limit: 5 })).toEqual(
    await server.listReplayRows({ limit: 5 }),
  )
  expect(await reader.listReferencedGenerations()).toEqual([42])
  expect(await reader.listRulings()).toEqual([ruling])
  expect(await reader.listForgottenExemplars()).toEqual(['ex_9'])
  expect(await reader.shadowSummary(1)).toMatchObject({ decisions: 0 })
  expect(await reader.listConfigVersions()).toHaveLength(1)
  expect(await reader.listConfigActivations()).toHaveLength(1)
  expect(await reader.listDecisions({ limit: 5 })).toMatchObject({ decisions: [{ id: idOf(1) }] })
  for (const write of [
    reader.addRuling({ ...ruling, id: idOf(7) }),
    reader.addFeedback(feedbackOf(3)),
    reader.forget({ sessionId: 'session-1' }, []),
  ]) {
    await expect(write).rejects.toMatchObject({ details: { sqliteCode: 'SQLITE_READONLY' } })
  }
})

/** Columns of `decisions` as the schema before this one wrote them. */
const insertOldDecision = `
INSERT INTO decisions (id, created_at_ms, request_id, session_id, requested_model, text, text_digest, text_is_truncated,
  text_has_signal, text_flags, embedding, route, model, reason, confidence, margin, threshold, scores, neighbours,
  index_generation, encoder_id, config_version, timings, principal, outcome)
VALUES (@id, 5, 'r', 'old-session', 'auto', 'an old prompt', 'd', 0, 1, '[]', @embedding, 'code', 'm', 'matched', 0.9, 0.1,
  0.5, '[]', '[{"exemplarId":"e1","route":"code","similarity":0.5}]', 4, 'enc', 'c', '{"totalMs":1}', 'local', 'pending')`

const insertOldVote = `
INSERT INTO feedback (id, decision_id, principal, verdict, correct_route, score, comment, created_at_ms)
VALUES ('vote', @id, 'alice', 'bad', 'chat', NULL, NULL, 6)`

it('takes a database of the schema before over with its rows, and votes of then as said by a caller', async () => {
  const file = join(temporaryFolder(), 'signalbox.db')
  const before = MIGRATIONS.filter(({ tag }) => tag < '0004')
  const client = new Database(file)
  migrate(drizzle({ client }), before)
  const embedding = Buffer.from(Float32Array.of(0.5, -0.5).buffer)
  client.prepare(insertOldDecision).run({ id: idOf(1), embedding })
  client.prepare(insertOldVote).run({ id: idOf(1) })
  client.close()

  const store = await openStore({ file })
  expect(await store.getDecision(idOf(1))).toMatchObject({ routingText: { text: 'an old prompt' } })
  const [vote] = await store.listFeedback()
  expect(vote).toMatchObject({
    source: 'explicit',
    implicitKind: null,
    arm: null,
    indexGeneration: 4,
    neighbours: [{ exemplarId: 'e1' }],
    embedding: Float32Array.of(0.5, -0.5),
    decidedAtMs: 5,
  })
  const implicit = { source: 'implicit', implicitKind: 're_ask' } as const
  await store.addFeedback(feedbackOf(1, implicit))
  expect(await store.listFeedback()).toEqual([vote])
  expect(await store.listReplayRows({ limit: 5 })).toMatchObject([{ id: idOf(1), arm: null }])
  expect(await store.listReferencedGenerations()).toEqual([4])
  expect(await store.forget({ sessionId: 'old-session' }, [])).toEqual({
    decisions: 1,
    feedback: 1,
  })
})
