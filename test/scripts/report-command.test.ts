import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { completionOf, decisionOf, idOf, openStoreHere } from '../store/fixtures.ts'
import { createWorkspace, type Workspace } from './run-command.ts'

vi.setConfig({ testTimeout: 60_000 })

let workspace: Workspace
beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-report-')))
})
afterAll(() => rm(workspace.dir, { recursive: true, force: true }))

const database = () => join(workspace.dir, 'data', 'signalbox.db')

it('tells spend by route, model and key, with unknown prices apart, also where the sums are made anew', async () => {
  expect((await workspace.run(['report'])).stdout).toBe('No request ended in the last 30 days.\n')
  const store = await openStoreHere({ file: database() })
  for (const [n, costUsd] of [0.5, 0.25, null].entries()) {
    store.recordDecision(decisionOf(n, { createdAtMs: Date.now() - 7_200_000 }), 'pending')
    store.completeDecision(idOf(n), completionOf({ model: `m${n % 2}`, costUsd }))
  }
  await store.close()
  const { stdout } = await workspace.run(['report', '--days', '2'])
  const lines = stdout.split('\n').map((line) => line.replace(/ +/g, ' '))
  expect(lines[0]).toBe(
    'route requests failed first p50 p50 p95 prompt tokens answer tokens USD price unknown',
  )
  expect(lines[1]).toMatch(/^code 3 0\.0 % 1\d\d ms 8\d\d ms 8\d\d ms \d+ \d+ 0\.750000 1$/)
  expect(lines.find((line) => line.startsWith('m0 '))).toMatch(
    /^m0 2 0\.0 % .* \d+ \d+ 0\.500000 1$/,
  )
  expect(lines.find((line) => line.startsWith('key-1 '))).toMatch(/ 0\.750000 1$/)

  const before = await workspace.run(['report', '--json'])
  const client = new Database(database())
  client.exec('DELETE FROM usage_counts')
  client.close()
  const rebuilt = await workspace.run(['report', '--rebuild', '--json'])
  expect(JSON.parse(rebuilt.stdout)).toEqual(JSON.parse(before.stdout))
})
