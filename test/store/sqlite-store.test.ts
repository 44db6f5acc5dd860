// The SQLite store through its real worker thread: the common cases, then what only a file on disk can do.
import { execFileSync } from 'node:child_process'
import { chmodSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, it } from 'vitest'
import { MIGRATIONS } from '../../src/store/sqlite/migrations.ts'
import {
  completionOf,
  decisionOf,
  feedbackOf,
  idOf,
  openStore,
  recordingLogger,
  temporaryFolder,
} from './fixtures.ts'
import { describeStore } from './store-cases.ts'

describeStore('SqliteStore', (options) =>
  openStore({ file: join(temporaryFolder(), 'signalbox.db'), ...options }),
)

describe('SqliteStore', () => {
  it('finds everything again after it was closed and opened', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    const first = await openStore({ file })
    first.recordDecision(decisionOf(1), 'pending')
    first.completeDecision(idOf(1), completionOf())
    await first.addFeedback(feedbackOf(1))
    first.recordDecision(decisionOf(2), 'pending')
    await first.saveConfigVersion({ hash: 'h1', text: 'a: 1', author: 'start', createdAtMs: 5 })
    await first.close()
    expect(statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? 0).toBe(0)

    const second = await openStore({ file })
    expect((await second.getDecision(idOf(1)))?.completion).toEqual(completionOf())
    expect(await second.getDecision(idOf(2))).toMatchObject(decisionOf(2))
    expect(await second.listFeedback()).toMatchObject([feedbackOf(1)])
    await second.close()
    const client = new Database(file, { readonly: true })
    expect(client.prepare('SELECT * FROM config_versions').all()).toEqual([
      { hash: 'h1', text: 'a: 1', author: 'start', created_at_ms: 5 },
    ])
    client.close()
  })

  it('drops, counts and refuses after it was closed', async () => {
    const store = await openStore({ file: join(temporaryFolder(), 'signalbox.db') })
    await store.close()
    store.recordDecision(decisionOf(1), 'pending')
    expect(store.stats()).toMatchObject({ queuedDecisions: 0, droppedDecisions: 1 })
    await expect(store.getDecision(idOf(1))).rejects.toMatchObject({ code: 'store_unavailable' })
    await expect(store.addFeedback(feedbackOf(1))).rejects.toMatchObject({
      code: 'store_unavailable',
    })
  })

  it('makes a missing folder private, and the database and its logs with it', async () => {
    const folder = join(temporaryFolder(), 'made', 'data')
    const store = await openStore({ file: join(folder, 'signalbox.db') })
    store.recordDecision(decisionOf(1), 'pending')
    await store.flush()
    expect(statSync(folder).mode & 0o777).toBe(0o700)
    const modes = readdirSync(folder).map((name) => [
      name,
      (statSync(join(folder, name)).mode & 0o777).toString(8),
    ])
    expect(Object.fromEntries(modes)).toEqual({
      'signalbox.db': '600',
      'signalbox.db-shm': '600',
      'signalbox.db-wal': '600',
    })
  })

  it('makes a database private that others could read', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    await (await openStore({ file })).close()
    chmodSync(file, 0o644)
    const store = await openStore({ file })
    await store.flush()
    expect(statSync(file).mode & 0o777).toBe(0o600)
  })

  it.each([
    ['full', true, true],
    ['hash', false, true],
    ['off', false, false],
  ] as const)(
    'with store_text %s leaves on disk: text %s, digest %s',
    async (storeText, hasText, hasDigest) => {
      const folder = temporaryFolder()
      const store = await openStore({ file: join(folder, 'signalbox.db'), storeText })
      const canary = 'CANARY-7f3a-prompt'
      const routingText = { ...decisionOf(1).routingText, text: canary, digest: 'CANARY-digest' }
      store.recordDecision(decisionOf(1, { routingText }), 'pending')
      await store.addFeedback(feedbackOf(1, { comment: 'CANARY-comment' }))
      // A copy of the log while it is in use, made by another process: reading it here would drop SQLite's locks.
      const inUse = execFileSync(
        'cat',
        readdirSync(folder).map((name) => join(folder, name)),
      )
      await store.close()
      const atRest = readFileSync(join(folder, 'signalbox.db'))
      for (const bytes of [inUse, atRest]) {
        expect(bytes.includes(canary)).toBe(hasText)
        expect(bytes.includes('CANARY-digest')).toBe(hasDigest)
        expect(bytes.includes('CANARY-comment')).toBe(storeText !== 'off')
      }
    },
  )

  it('leaves no trace of a deleted prompt once the log is truncated', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    const store = await openStore({ file })
    const routingText = { ...decisionOf(1).routingText, text: 'CANARY-deleted'.repeat(1_000) }
    store.recordDecision(decisionOf(1, { routingText }), 'pending')
    await store.flush()
    await store.checkpoint()
    const query = { beforeMs: 1_800_000_000_000, votedBeforeMs: 0, limit: 10 }
    expect(await store.deleteExpired(query)).toBe(1)
    await store.checkpoint()
    await store.close()
    expect(readFileSync(file).includes('CANARY-deleted')).toBe(false)
  })

  it('serves two writers of one file, as a script beside the server is', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    const [server, script] = await Promise.all([openStore({ file }), openStore({ file })])
    for (let n = 1; n <= 300; n++) {
      const store = n % 2 === 0 ? server : script
      store.recordDecision(decisionOf(n), 'pending')
      if (n % 30 === 0) await store.addFeedback(feedbackOf(n, { decisionId: idOf(n) }))
    }
    await Promise.all([server.flush(), script.flush()])
    expect((await script.listDecisions({ limit: 1_000 })).decisions).toHaveLength(300)
    expect(await server.listFeedback()).toHaveLength(10)
    expect(server.stats().droppedDecisions + script.stats().droppedDecisions).toBe(0)
  })

  it('opened for reading sees a running server’s writes and can write nothing', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    const server = await openStore({ file })
    server.recordDecision(decisionOf(1), 'pending')
    await server.flush()
    const reader = await openStore({ file, readOnly: true })
    expect(await reader.getDecision(idOf(1))).toMatchObject(decisionOf(1))
    await expect(reader.addFeedback(feedbackOf(1))).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { sqliteCode: 'SQLITE_READONLY' },
    })
  })

  it('opened for reading does not make a database', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    await expect(openStore({ file, readOnly: true })).rejects.toMatchObject({
      code: 'store_unavailable',
      details: { sqliteCode: 'SQLITE_CANTOPEN' },
    })
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined()
  })
})

describe('SqliteStore and its schema', () => {
  const added = { tag: '0001_added', createdAtMs: 9_000_000_000_000, sql: 'CREATE TABLE added (x)' }
  const half = 'CREATE TABLE half (x);--> statement-breakpoint\nINSERT INTO nowhere VALUES (1);'

  it('refuses a database that a newer program wrote, and leaves it as it is', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    const newer = await openStore({ file, migrations: [...MIGRATIONS, added] })
    await newer.close()
    const before = readFileSync(file)
    await expect(openStore({ file })).rejects.toMatchObject({
      code: 'store_unavailable',
      isRetryable: false,
      message: expect.stringContaining('newer version'),
      details: { reason: 'newer_schema' },
    })
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  it('keeps its rows when it is migrated, and may not be read before it is', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    const old = await openStore({ file })
    old.recordDecision(decisionOf(1), 'pending')
    await old.close()
    const migrations = [...MIGRATIONS, added]
    await expect(openStore({ file, readOnly: true, migrations })).rejects.toMatchObject({
      details: { reason: 'older_schema' },
    })
    const current = await openStore({ file, migrations })
    expect(await current.getDecision(idOf(1))).toMatchObject(decisionOf(1))
  })

  it('rolls a migration back that fails in its middle', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    await (await openStore({ file })).close()
    const broken = [...MIGRATIONS, { ...added, sql: half }]
    await expect(openStore({ file, migrations: broken })).rejects.toMatchObject({
      code: 'store_unavailable',
    })
    const client = new Database(file, { readonly: true })
    const half_table = client.prepare("SELECT * FROM sqlite_master WHERE name = 'half'").all()
    client.close()
    expect(half_table).toEqual([])
    const store = await openStore({ file })
    store.recordDecision(decisionOf(1), 'pending')
    await store.flush()
  })

  it('lets several programs start on a new file at once', async () => {
    const file = join(temporaryFolder(), 'signalbox.db')
    const stores = await Promise.all(Array.from({ length: 5 }, () => openStore({ file })))
    stores.forEach((store, n) => {
      store.recordDecision(decisionOf(n), 'pending')
    })
    await Promise.all(stores.map((store) => store.flush()))
    expect((await stores[0]?.listDecisions({ limit: 10 }))?.decisions).toHaveLength(5)
  })

  it('logs nothing above info on an ordinary day', async () => {
    const logger = recordingLogger()
    const store = await openStore({ file: join(temporaryFolder(), 'signalbox.db'), logger })
    for (let n = 1; n <= 500; n++) store.recordDecision(decisionOf(n), 'pending')
    await store.close()
    expect(logger.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([])
  })
})
