// `signalbox errors` as a process: with no database, and over failures of a provider that is configured.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { parse, stringify } from 'yaml'
import { completionOf, decisionOf, idOf, openStoreHere } from '../store/fixtures.ts'
import { createWorkspace, type Workspace } from './run-command.ts'

const HOUR_MS = 3_600_000

let workspace: Workspace

beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-errors-')))
  const file = join(workspace.dir, 'signalbox.yaml')
  const config = parse(await readFile(file, 'utf8'))
  config.providers.acme = { kind: 'openai', base_url: 'https://llm.example.org/v1' }
  config.models.large = { provider: 'acme', name: 'large-1' }
  await writeFile(file, stringify(config))
}, 60_000)

afterAll(() => rm(workspace.dir, { recursive: true, force: true }))

const fill = async (): Promise<void> => {
  const store = await openStoreHere({ file: join(workspace.dir, 'data', 'signalbox.db') })
  const failed = { provider: 'acme', model: 'large', durationMs: 5, errorCode: 'upstream_error' }
  for (const [n, hoursAgo] of [
    [1, 1],
    [2, 3],
  ] as const) {
    const startedAtMs = Date.now() - hoursAgo * HOUR_MS
    const attempts = [
      { ...failed, startedAtMs, status: 429, failure: { shape: 'rate limit reached' } },
    ]
    store.recordDecision(decisionOf(n, { createdAtMs: startedAtMs }), 'pending')
    store.completeDecision(idOf(n), completionOf({ attempts }))
  }
  await store.close()
}

it('says that nothing has failed where there is no database, and makes none', async () => {
  const { exitCode, stdout } = await workspace.run(['errors'])
  expect(exitCode).toBe(0)
  expect(stdout).toBe('No attempt has failed in the last 24 hours.\n')
  await expect(readFile(join(workspace.dir, 'data', 'signalbox.db'))).rejects.toThrow('ENOENT')
})

it('groups what failed in the hours asked for, with an example, cause and fix', async () => {
  await fill()
  const { stdout, exitCode } = await workspace.run(['errors'])
  expect(exitCode).toBe(0)
  expect(stdout).toMatch(/^acme +large +upstream_error +429 +2$/m)
  expect(stdout).toContain('said: rate limit reached')
  expect(stdout).toContain(`signalbox explain ${idOf(2)}`)
  expect(stdout).toContain("why:  llm.example.org limits this key's calls")
  expect(stdout).toContain('Failed attempts in the last 24 hours: 2, of 1 kind.')
  const hours = JSON.parse((await workspace.run(['errors', '--hours', '2', '--json'])).stdout)
  expect(hours).toMatchObject({
    failed_attempts: 1,
    groups: [
      {
        ...{ provider: 'acme', model: 'large', code: 'upstream_error', status: 429, count: 1 },
        ...{ decision_id: idOf(1), message_shape: 'rate limit reached', network_code: null },
      },
    ],
  })
})

it('refuses hours that are no number', async () => {
  const { exitCode, stderr } = await workspace.run(['errors', '--hours', 'soon'])
  expect(exitCode).toBe(2)
  expect(stderr).toContain('Expected a whole number of at least 1.')
})
