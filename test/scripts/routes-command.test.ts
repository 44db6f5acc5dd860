import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { exampleConfig } from '../support/training-folder.ts'
import { createWorkspace, type Workspace } from './run-command.ts'

let workspace: Workspace
const [model] = Object.keys(exampleConfig().models)

// Each command is a process: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-routes-')))
})
afterAll(() => rm(workspace.dir, { recursive: true, force: true }))

const add = (name: string, like: string, ...more: string[]) =>
  workspace.run(['routes', 'add', name, '--models', model as string, '--like', like, ...more])

it('routes add --like begins a route with the shipped exemplars of another', async () => {
  const { exitCode, stdout } = await add('tips', 'advice', '--json')
  expect(exitCode).toBe(0)
  const added = JSON.parse(stdout) as { exemplars: string; exemplars_copied: number }
  expect(added).toMatchObject({ route: 'tips', like: 'advice' })
  expect(added.exemplars_copied).toBeGreaterThan(100)
  const lines = (await readFile(added.exemplars, 'utf8')).trimEnd().split('\n')
  expect(lines).toHaveLength(added.exemplars_copied)
  expect(JSON.parse(lines[0] as string)).toMatchObject({ route: 'tips' })
  expect(lines[0]).toMatch(/"library":"advice@\d/)
})

it('routes add --like changes nothing where the library has no such route', async () => {
  const config = () => readFile(join(workspace.dir, 'signalbox.yaml'), 'utf8')
  const before = await config()
  const { exitCode, stderr } = await add('verse', 'poetry')
  expect(exitCode).toBe(1)
  expect(stderr).toContain('The library has no route "poetry"; it has advice, code,')
  expect(await config()).toBe(before)
})
