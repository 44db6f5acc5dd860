// `signalbox outcomes import|stats|export` over a database of its own.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createWorkspace, type Workspace } from './run-command.ts'

const THINGS = ['stack', 'queue', 'tree', 'graph', 'list']
const ROWS = THINGS.flatMap((thing) => [
  {
    text: `Fix my python ${thing} function`,
    label: 'code',
    scores: { cheap: 1, dear: 1 },
    cost: { cheap: 0.001, dear: 0.01 },
  },
  { text: `Prove that every ${thing} is odd`, label: 'proof', scores: { cheap: 0, dear: 1 } },
])

let workspace: Workspace

beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-outcomes-')))
  const lines = ROWS.map((row) => JSON.stringify(row)).join('\n')
  await writeFile(join(workspace.dir, 'train.jsonl'), lines)
}, 60_000)

afterAll(() => rm(workspace.dir, { recursive: true, force: true }))

describe('signalbox outcomes import', () => {
  it('keeps an evaluation once, and gives it back in the form that it takes', async () => {
    const imported = async (...args: string[]) => {
      const { stdout } = await workspace.run([
        'outcomes',
        'import',
        'train.jsonl',
        '--json',
        ...args,
      ])
      return JSON.parse(stdout)
    }
    expect(await imported('--dry-run')).toMatchObject({ written: false, rows: 10 })
    expect(await imported()).toMatchObject({
      ...{ written: true, rows: 10, added: 10, replaced: 0, priced: 5 },
      ...{ models: ['cheap', 'dear'], unknown: ['cheap', 'dear'] },
    })
    expect(await imported()).toMatchObject({ added: 0, replaced: 10 })
    const { stdout } = await workspace.run(['outcomes', 'export'])
    const rows = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(rows).toHaveLength(10)
    expect(rows).toContainEqual({
      text: 'Fix my python stack function',
      label: 'code',
      scores: { cheap: 1, dear: 1 },
      cost: { cheap: 0.001, dear: 0.01 },
    })
    const stats = await workspace.run(['outcomes', 'stats', '--json'])
    expect(JSON.parse(stats.stdout)).toMatchObject({
      totals: [],
      imported: { cheap: 10, dear: 10 },
    })
  }, 60_000)
})
