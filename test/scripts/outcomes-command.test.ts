// `signalbox outcomes eval` over made outcomes: two kinds of prompts, a cheap model that is good at one of them.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { OutcomesReport } from '../../src/quality/evaluation/outcomes-report.ts'
import { createWorkspace, type Workspace } from './run-command.ts'

const THINGS = ['stack', 'queue', 'tree', 'graph', 'list', 'heap', 'map', 'set', 'trie', 'matrix']

/** @param hasCosts whether the file says what answers cost */
const rowsOf = (offset: number, hasCosts: boolean): string =>
  THINGS.flatMap((thing, i) => [
    {
      text: `Fix my python ${thing} function, error ${offset + i}`,
      label: 'code',
      scores: { cheap: 1, dear: 1 },
    },
    {
      text: `Prove by logic that every ${thing} number ${offset + i} is odd`,
      label: 'proof',
      scores: { cheap: 0, dear: 1 },
    },
  ])
    .map((row) => JSON.stringify(hasCosts ? { ...row, cost: { cheap: 0.001, dear: 0.01 } } : row))
    .join('\n')

let workspace: Workspace

beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-outcomes-')))
  const file = (name: string) => join(workspace.dir, name)
  await writeFile(file('train.jsonl'), [0, 10, 20].map((at) => rowsOf(at, true)).join('\n'))
  await writeFile(file('test.jsonl'), rowsOf(40, true))
  await writeFile(file('free.jsonl'), rowsOf(60, false))
}, 60_000)

afterAll(() => rm(workspace.dir, { recursive: true, force: true }))

describe('signalbox outcomes eval', () => {
  it('keeps the quality of the best model and pays it only where it is needed', async () => {
    const { exitCode, stdout } = await workspace.run([
      ...['outcomes', 'eval', '--train', 'train.jsonl', '--test', 'test.jsonl', '--json'],
    ])
    expect(exitCode).toBe(0)
    const report = JSON.parse(stdout) as OutcomesReport
    expect(report).toMatchObject({
      train_rows: 60,
      test_rows: 20,
      best_single: { model: 'dear', quality: 1 },
    })
    expect(report.quality).toBe(1)
    expect(report.saved_at_equal_quality).toBeCloseTo(0.45, 2)
    expect(report.aiq).toBeGreaterThan(report.aiq_zero as number)
    expect(report.aiq_oracle).toBeGreaterThanOrEqual(report.aiq as number)
    expect(report.share).toEqual({ cheap: 0.5, dear: 0.5 })
  })

  it('says the same in text, and of two models what gain is recovered', async () => {
    const args = ['outcomes', 'eval', '--train', 'train.jsonl', '--test', 'test.jsonl']
    const { stdout } = await workspace.run(args)
    expect(stdout).toContain('60 prompts to learn from, 20 to measure on, 2 models.')
    expect(stdout).toMatch(/APGR\): 0\.7\d+; random 0\.5/)
  })

  it('tells nothing of money where a file has no costs', async () => {
    const { stdout } = await workspace.run([
      ...['outcomes', 'eval', '--train', 'free.jsonl', '--test', 'free.jsonl', '--json'],
    ])
    const report = JSON.parse(stdout) as OutcomesReport
    expect(report).toMatchObject({ aiq: null, saved_at_equal_quality: null })
    expect(report.apgr).toBeGreaterThan(0.5)
  })

  it('refuses to learn from a handful of rows, and says how many it takes', async () => {
    await writeFile(
      join(workspace.dir, 'few.jsonl'),
      rowsOf(80, true).split('\n').slice(0, 6).join('\n'),
    )
    const args = ['outcomes', 'eval', '--train', 'few.jsonl', '--test', 'test.jsonl']
    const { exitCode, stderr } = await workspace.run(args)
    expect(exitCode).toBe(1)
    expect(stderr).toContain('few.jsonl has 6 rows; expected at least 20 to learn from.')
  })

  it.each([
    ['--target', '1.2'],
    ['--validation', '0'],
    ['--seed', 'x'],
  ])('refuses %s %s with exit code 2', async (option, value) => {
    const args = ['outcomes', 'eval', '--train', 'a', '--test', 'b', option, value]
    expect((await workspace.run(args)).exitCode).toBe(2)
  })
})
