import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { LintReport } from '../../src/training/reports/lint-report.ts'
import { exampleRoute } from '../support/training-folder.ts'
import { createWorkspace, type Workspace } from './run-command.ts'

let workspace: Workspace

// Each command is a process that starts an encoder: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-lint-')))
})

afterAll(async () => {
  await rm(workspace.dir, { recursive: true, force: true })
})

// Each begins where the one before has left the folder.
describe('signalbox lint', { shuffle: false }, () => {
  it('exits 0 on warnings and 1 under --strict, and creates no database', async () => {
    const lenient = await workspace.run(['lint'])
    expect(lenient.stdout).toMatch(/^21 exemplars of 4 routes, 0 held-out prompts: 0 errors, /)
    expect(lenient.stdout).toContain('warning thin-route')
    expect(lenient.exitCode).toBe(0)
    expect((await workspace.run(['lint', '--strict'])).exitCode).toBe(1)
    expect(existsSync(join(workspace.dir, 'data', 'signalbox.db'))).toBe(false)
  })

  it('exits 1 on errors and says where, also as JSON', async () => {
    const [labelled, other] = [exampleRoute('math'), exampleRoute('writing')]
    const line = `{"text":"solve the equation for x squared","route":"${other}"}\n`
    await appendFile(join(workspace.dir, 'training-data', `${other}.jsonl`), line)
    const { exitCode, stdout } = await workspace.run(['lint', '--json'])
    const report = JSON.parse(stdout) as LintReport
    expect(exitCode).toBe(1)
    expect(report.errors).toBe(1)
    expect(report.findings[0]).toMatchObject({
      rule: 'conflict',
      where: expect.arrayContaining([
        `training-data/${labelled}.jsonl:1`,
        `training-data/${other}.jsonl:7`,
      ]),
    })
  })
})
