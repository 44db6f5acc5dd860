import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { UsageQuery } from '../../src/core/records/usage.ts'
import type { SqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { completionOf, decisionOf, idOf, openStoreHere, temporaryFolder } from './fixtures.ts'

const HOUR_MS = 3_600_000
const START_MS = 1_700_000_400_000 - (1_700_000_400_000 % HOUR_MS)

const query = (changes: Partial<UsageQuery> = {}): UsageQuery => ({
  ...{ grain: 'hour', fromMs: 0, toMs: Number.MAX_SAFE_INTEGER, by: 'route', ...changes },
})

const rowsIn = (file: string): unknown[][] => {
  const client = new Database(file, { readonly: true })
  const rows = [
    client
      .prepare('SELECT * FROM usage_counts WHERE requests <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7')
      .all(),
    client
      .prepare('SELECT * FROM usage_times WHERE requests <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7, 8')
      .all(),
  ]
  client.close()
  return rows
}

const openedIn = async () => {
  const file = join(temporaryFolder(), 'signalbox.db')
  return { file, store: await openStoreHere({ file }) }
}

interface Made {
  n: number
  atMs?: number
  route?: string
  model?: string
  principal?: string | null
  costUsd?: number | null
}

const serve = (store: SqliteStore, made: Made): void => {
  const { n, atMs = START_MS, route = 'code', model = 'big', principal = 'key-1' } = made
  const { costUsd = 0.25 } = made
  store.recordDecision(decisionOf(n, { createdAtMs: atMs, route, model, principal }), 'pending')
  store.completeDecision(idOf(n), completionOf({ model, costUsd }))
}

const { usage } = completionOf()

describe('the sums of requests', () => {
  it('are one row a minute and hour, although a decision is timed in fractions of a millisecond', async () => {
    const { store, file } = await openedIn()
    for (let n = 1; n <= 5; n++) serve(store, { n, atMs: START_MS + n + n / 7 })
    await store.flush()
    const [counts = []] = rowsIn(file)
    const starts = new Set(counts.map((row) => (row as unknown as { start_ms: number }).start_ms))
    expect([...starts].every(Number.isInteger)).toBe(true)
    expect(await store.usage(query({ grain: 'minute', by: 'start' }))).toMatchObject([
      { name: `${START_MS}`, requests: 5 },
    ])
    await store.close()
  })

  it('that an earlier version kept of such times become one row', () => {
    const client = new Database(':memory:')
    const run = (name: string) =>
      client.exec(readFileSync(join('src/store/sqlite/migrations', `${name}.sql`), 'utf8'))
    run('0009_usage')
    for (const fraction of [0, 0.25, 0.5]) {
      client
        .prepare(
          "INSERT INTO usage_counts VALUES ('hour', ?, 'r', 'm', '', 'x', 'served', 1, 2, 3, 4, 0)",
        )
        .run(START_MS + fraction)
      client
        .prepare("INSERT INTO usage_times VALUES ('hour', ?, 'r', 'm', '', 'x', 'answer', 7, 1)")
        .run(START_MS + fraction)
    }
    run('0011_usage_margins')
    expect(
      client
        .prepare("SELECT start_ms, requests, prompt_tokens FROM usage_counts WHERE grain = 'hour'")
        .all(),
    ).toEqual([{ start_ms: START_MS, requests: 3, prompt_tokens: 6 }])
    expect(
      client.prepare("SELECT start_ms, requests FROM usage_times WHERE grain = 'day:all'").all(),
    ).toEqual([{ start_ms: START_MS - (START_MS % 86_400_000), requests: 3 }])
    client.close()
  })

  it('are told by route, model and key, with unknown prices apart', async () => {
    const { store } = await openedIn()
    serve(store, { n: 1 })
    serve(store, { n: 2, route: 'math', model: 'small', costUsd: null })
    serve(store, { n: 3, principal: null, atMs: START_MS + HOUR_MS })
    const tokens = (requests: number) => ({
      requests,
      promptTokens: requests * (usage?.promptTokens ?? 0),
      completionTokens: requests * (usage?.completionTokens ?? 0),
    })
    const known = { ...tokens(2), failed: 0, costUsd: 0.5, unpriced: 0 }
    const unknown = { ...tokens(1), failed: 0, costUsd: 0, unpriced: 1 }
    expect(await store.usage(query())).toEqual([
      { name: 'code', ...known },
      { name: 'math', ...unknown },
    ])
    expect((await store.usage(query({ by: 'model' }))).map(({ name }) => name)).toEqual([
      'big',
      'small',
    ])
    const keys = await store.usage(query({ by: 'principal', fromMs: START_MS + HOUR_MS }))
    expect(keys).toEqual([{ name: '', ...tokens(1), failed: 0, costUsd: 0.25, unpriced: 0 }])
    expect(await store.usage(query({ toMs: START_MS }))).toEqual([])
  })

  it('tell how many failed, callers that left not among them', async () => {
    const { store } = await openedIn()
    for (const [n, outcome] of (
      ['served', 'failed', 'interrupted', 'client_closed'] as const
    ).entries()) {
      store.recordDecision(decisionOf(n + 1, { createdAtMs: START_MS }), 'pending')
      store.completeDecision(idOf(n + 1), completionOf({ outcome }))
    }
    expect(await store.usage(query())).toMatchObject([{ requests: 4, failed: 2 }])
    expect(await store.usage(query({ by: 'start' }))).toMatchObject([{ name: `${START_MS}` }])
  })

  it('tell to a twentieth how long served requests took, by name and all together', async () => {
    const { store } = await openedIn()
    for (let n = 1; n <= 100; n += 1) {
      const route = n % 2 ? 'code' : 'math'
      store.recordDecision(decisionOf(n, { createdAtMs: START_MS, route }), 'pending')
      store.completeDecision(idOf(n), completionOf({ totalMs: n * 10, firstTokenMs: n }))
    }
    store.recordDecision(decisionOf(101, { createdAtMs: START_MS, route: 'slow' }), 'pending')
    store.completeDecision(idOf(101), completionOf({ outcome: 'failed', totalMs: 99_999 }))
    const { by: _, ...range } = query()
    const [all] = await store.usageTimes({ ...range, by: null })
    expect(Math.abs((all?.answer?.p50Ms ?? 0) / 500 - 1)).toBeLessThan(0.05)
    expect(Math.abs((all?.answer?.p95Ms ?? 0) / 950 - 1)).toBeLessThan(0.05)
    expect(Math.abs((all?.firstToken?.p95Ms ?? 0) / 95 - 1)).toBeLessThan(0.05)
    const named = await store.usageTimes({ ...range, by: 'route' })
    expect(named.map(({ name }) => name)).toEqual(['code', 'math'])
    const dayMs = START_MS - (START_MS % 86_400_000)
    for (const [grain, start] of [
      ['minute', START_MS],
      ['hour', START_MS],
      ['day', dayMs],
    ] as const) {
      const namesBy = async (by: 'model' | 'principal' | 'start') =>
        (await store.usageTimes({ ...range, grain, by })).map(({ name }) => name)
      expect(await store.usageTimes({ ...range, grain, by: null })).toEqual([all])
      expect(await store.usageTimes({ ...range, grain, by: 'route' })).toEqual(named)
      expect(await namesBy('model')).toEqual(['small-model'])
      expect(await namesBy('principal')).toEqual(['key-1'])
      expect(await namesBy('start')).toEqual([`${start}`])
    }
  })

  it('count neither dry runs nor what is under way, and nothing twice', async () => {
    const { store } = await openedIn()
    store.recordDecision(decisionOf(1), 'dry_run')
    store.recordDecision(decisionOf(2), 'pending')
    await store.flush()
    expect(await store.usage(query())).toEqual([])
    for (const _ of [1, 2]) {
      store.completeDecision(idOf(2), completionOf())
      await store.flush()
      serve(store, { n: 3 })
      await store.flush()
    }
    expect((await store.usage(query())).map(({ requests }) => requests)).toEqual([2])
  })

  it('are those of the rows, whatever was written in which order and batches', async () => {
    const step = fc.record({
      n: fc.integer({ min: 1, max: 12 }),
      what: fc.constantFrom('decide', 'complete', 'both', 'flush'),
      hour: fc.integer({ min: 0, max: 2 }),
      route: fc.constantFrom('code', 'math'),
      costUsd: fc.constantFrom(null, 0, 0.1, 0.000_001_3),
    })
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const { file, store } = await openedIn()
        for (const { n, what, hour, route, costUsd } of steps) {
          const decision = decisionOf(n, { createdAtMs: START_MS + hour * HOUR_MS + n, route })
          if (what === 'decide' || what === 'both') store.recordDecision(decision, 'pending')
          if (what === 'complete' || what === 'both') {
            store.completeDecision(idOf(n), completionOf({ costUsd, totalMs: n * 37 }))
          }
          if (what === 'flush') await store.flush()
        }
        await store.flush()
        const written = rowsIn(file)
        await store.rebuildUsage()
        expect(written).toEqual(rowsIn(file))
        await store.close()
      }),
      { numRuns: 15 },
    )
  })

  it('outlive the rows, and a rebuild leaves those of hours whose rows are gone', async () => {
    const { store } = await openedIn()
    serve(store, { n: 1 })
    serve(store, { n: 2, atMs: START_MS + HOUR_MS })
    serve(store, { n: 3, atMs: START_MS + 2 * HOUR_MS })
    await store.flush()
    await store.deleteExpired({ beforeMs: START_MS + 1, votedBeforeMs: 0, limit: 10 })
    expect(await store.rebuildUsage()).toBe(START_MS + 2 * HOUR_MS)
    expect((await store.usage(query()))[0]?.requests).toBe(3)
  })

  it('are kept for three days by minute and two years by hour', async () => {
    const { store } = await openedIn()
    serve(store, { n: 1 })
    await store.flush()
    const requests = async (grain: UsageQuery['grain']) =>
      (await store.usage(query({ grain }))).reduce((sum, row) => sum + row.requests, 0)
    const day = 24 * HOUR_MS
    await store.deleteExpiredUsage(START_MS + 3 * day)
    expect([await requests('minute'), await requests('hour')]).toEqual([1, 1])
    await store.deleteExpiredUsage(START_MS + 4 * day)
    expect([await requests('minute'), await requests('hour')]).toEqual([0, 1])
    await store.deleteExpiredUsage(START_MS + 732 * day)
    expect(await requests('hour')).toBe(0)
  })
})
