// `signalbox stats` as a process: piped it prints once, with and without a server beside it.
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { completionOf, decisionOf, idOf, openStoreHere } from '../store/fixtures.ts'
import { createWorkspace, type Workspace } from './run-command.ts'

// Several processes a test.
vi.setConfig({ testTimeout: 180_000 })

let workspace: Workspace
beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-stats-')))
}, 60_000)
afterAll(() => rm(workspace.dir, { recursive: true, force: true }))

it('says what to do where there is no database, and prints plain lines where it is piped', async () => {
  const none = await workspace.run(['stats'])
  expect(none.exitCode).toBe(1)
  expect(none.stderr).toContain('signalbox serve')
  const store = await openStoreHere({ file: join(workspace.dir, 'data', 'signalbox.db') })
  for (const n of [1, 2, 3]) {
    store.recordDecision(decisionOf(n, { createdAtMs: Date.now() - 60_000 }), 'pending')
    store.completeDecision(idOf(n), completionOf({ outcome: n === 1 ? 'failed' : 'served' }))
  }
  await store.close()
  const { stdout, exitCode } = await workspace.run(['stats'])
  expect(exitCode).toBe(0)
  expect(stdout).toContain('3 requests')
  expect(stdout).toMatch(/^code +3 +0\.1 +33\.3 %/m)
  expect(stdout).not.toContain('\u001b')
  expect(stdout).toContain('server  http://127.0.0.1:')
  const json = JSON.parse((await workspace.run(['stats', '--json', '--window', '24h'])).stdout)
  expect(json).toMatchObject({ window: '24h', total: { requests: 3, failed: 1 } })
  expect((await workspace.run(['stats', '--window', '2h'])).exitCode).toBe(2)
})
