// `signalbox logs` over decisions of a database and over a log file, as a process and as its parts.
import { appendFile, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { createDecisionSource } from '../../scripts/report/log-sources.ts'
import {
  completionOf,
  decisionOf,
  idOf,
  openStoreHere,
  temporaryFolder,
} from '../store/fixtures.ts'
import { createWorkspace, type Workspace } from './run-command.ts'

// Several processes a test.
vi.setConfig({ testTimeout: 180_000 })

let workspace: Workspace

beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-logs-')))
}, 60_000)

afterAll(() => rm(workspace.dir, { recursive: true, force: true }))

const [attempt] = completionOf().attempts
const served = completionOf({ attempts: attempt ? [{ ...attempt, errorCode: null }] : [] })

const idsOf = (records: Record<string, unknown>[]): unknown[] =>
  records.map(({ decisionId }) => decisionId)

describe('decisions as a log', () => {
  it('are the newest that pass, oldest first, then each one that has ended, once', async () => {
    const store = await openStoreHere({ file: join(temporaryFolder(), 'signalbox.db') })
    const source = createDecisionSource(store, { route: 'code' })
    store.recordDecision(decisionOf(1), 'pending')
    store.recordDecision(decisionOf(2, { route: 'math' }), 'pending')
    store.recordDecision(decisionOf(3), 'pending')
    for (const n of [1, 2]) store.completeDecision(idOf(n), served)
    await store.flush()
    expect(idsOf(await source.last(10))).toEqual([idOf(1)])
    expect(await source.next()).toEqual([])
    store.completeDecision(idOf(3), served)
    store.recordDecision(decisionOf(4), 'dry_run')
    await store.flush()
    expect(idsOf(await source.next())).toEqual([idOf(3), idOf(4)])
    expect(await source.next()).toEqual([])
  })

  it('find a filter that the database does not know behind pages of others', async () => {
    const store = await openStoreHere({ file: join(temporaryFolder(), 'signalbox.db') })
    for (let n = 1; n <= 450; n += 1) {
      store.recordDecision(decisionOf(n), 'pending')
      store.completeDecision(idOf(n), n === 2 ? completionOf() : served)
    }
    await store.flush()
    const source = createDecisionSource(store, { error: 'upstream_error' })
    expect(idsOf(await source.last(5))).toEqual([idOf(2)])
  })
})

it('says what to do where there is neither database nor log file', async () => {
  const none = await workspace.run(['logs'])
  expect(none.exitCode).toBe(1)
  expect(none.stderr).toContain('signalbox serve')
  const file = await workspace.run(['logs', '--file', 'no.log'])
  expect(file.stderr).toContain('telemetry.log_file')
})

it('prints a line for each decision, and JSON for programs', async () => {
  const store = await openStoreHere({ file: join(workspace.dir, 'data', 'signalbox.db') })
  store.recordDecision(decisionOf(1), 'pending')
  store.completeDecision(idOf(1), completionOf())
  await store.close()
  const { stdout } = await workspace.run(['logs'])
  expect(stdout).toMatch(
    /^2023-11-14T22:13:20 info {2}served {2}code → small-model {2}matched {2}800 ms {2}10\+20 tokens {2}\$0\.000123 {2}upstream_error {2}0{8}/,
  )
  const [line = ''] = (await workspace.run(['logs', '--json'])).stdout.split('\n')
  expect(JSON.parse(line)).toMatchObject({ decisionId: idOf(1), route: 'code', outcome: 'served' })
  expect((await workspace.run(['logs', '--route', 'math'])).stdout).toBe('')
})

it('reads a log file and filters by level, model, request and error', async () => {
  const lines = [
    { level: 'info', time: '2026-01-02T03:04:05.000Z', url: 'http://x', msg: 'listening' },
    {
      level: 'info',
      time: '2026-01-02T03:04:06.000Z',
      requestId: 'r1',
      method: 'POST',
      path: '/v1/chat/completions',
      status: 200,
      route: 'code',
      reason: 'matched',
      model: 'small',
      msg: 'request',
    },
    { level: 'warn', errorCode: 'upstream_timeout', requestId: 'r2', msg: 'request' },
  ]
  const file = join(workspace.dir, 'server.log')
  await writeFile(file, 'not json\n')
  for (const line of lines) await appendFile(file, `${JSON.stringify(line)}\n`)
  const logs = async (...args: string[]) =>
    (await workspace.run(['logs', '--file', 'server.log', ...args])).stdout.trim().split('\n')
  expect(await logs()).toHaveLength(3)
  expect(await logs('--decision', 'r1')).toEqual([
    '2026-01-02T03:04:06 info  200 POST /v1/chat/completions  code → small  matched',
  ])
  expect(await logs('--model', 'small')).toHaveLength(1)
  expect((await logs('--level', 'warn'))[0]).toContain('upstream_timeout')
  expect((await logs('--error'))[0]).toContain('upstream_timeout')
  expect(await logs('--error', 'upstream_error')).toEqual([''])
  expect((await logs('-n', '1'))[0]).toContain('upstream_timeout')
})
