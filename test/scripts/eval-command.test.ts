import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { CompareReport } from '../../scripts/report/eval/compare.ts'
import type { EvalReport } from '../../src/quality/evaluation/eval-report.ts'
import { createWorkspace, type Workspace } from './run-command.ts'

let workspace: Workspace

// Most commands start an encoder: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 })

const jsonl = (rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

const write = async (name: string, rows: object[]): Promise<void> =>
  writeFile(join(workspace.dir, name), jsonl(rows))

const rowsOf = (label: string, texts: string[]) => texts.map((text) => ({ text, label }))

const TRAIN = [
  ...rowsOf('card', [
    'my card has not arrived',
    'where is my bank card',
    'the card never came in the mail',
    'card delivery is late',
    'how long until my card arrives',
  ]),
  ...rowsOf('rate', [
    'what is the exchange rate for euros',
    'dollar to pound rate today',
    'which exchange rate do you apply',
    'how good is your currency rate',
    'euro rate please',
  ]),
  ...rowsOf('oos', ['sing me a song', 'tell a joke about dogs', 'who won the match']),
]

beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-eval-')))
  await write('train.jsonl', TRAIN)
  await write('test.jsonl', [
    ...rowsOf('card', ['my new card is still not here', 'when will the card arrive']),
    ...rowsOf('rate', ['what rate do I get for yen', 'exchange rate of the dollar']),
    { text: 'play some jazz', label: 'none' },
  ])
  await write('near.jsonl', rowsOf('whatever', ['close my account', 'what is my balance']))
  await write('far.jsonl', rowsOf('whatever', ['recipe for lentil soup', 'how tall is Everest']))
  await write('pairs.jsonl', [
    { a: 'my card is late', b: 'card has still not come', route: 'card' },
    { a: 'euro rate', b: 'what do I get for a euro' },
  ])
})

afterAll(async () => {
  await rm(workspace.dir, { recursive: true, force: true })
})

const train = ['eval', '--train', 'train.jsonl', '--test', 'test.jsonl']

// Each begins where the one before has left the folder.
describe('evaluation by command', { shuffle: false }, () => {
  describe('signalbox eval', () => {
    it('reports every part that was asked for, and writes the page and the predictions', async () => {
      const { exitCode, stdout, stderr } = await workspace.run([
        ...train,
        ...['--none', 'near.jsonl', '--none', 'far.jsonl', '--pairs', 'pairs.jsonl'],
        ...['--flips', '2', '--conformal', '0.4', '--html', 'report.html'],
        ...['--predictions', 'first.jsonl', '--json'],
      ])
      expect(stderr).toBe('')
      expect(exitCode).toBe(0)
      const report = JSON.parse(stdout) as EvalReport
      expect(report).toMatchObject({ trainedOn: { file: 'train.jsonl', rows: 13 }, rows: 5 })
      expect(report.noneSets.map(({ name, rows }) => [name, rows])).toEqual([
        ['none rows of test.jsonl', 1],
        ['near.jsonl', 2],
        ['far.jsonl', 2],
      ])
      expect(report.pairs).toMatchObject({ file: 'pairs.jsonl', pairs: 2 })
      expect(report.flips?.perturbed.prompts).toBe(2)
      expect(report.conformal).toMatchObject({ risk: 0.4, splits: 200 })
      expect(report.audit?.rows).toBe(13)
      const page = await readFile(join(workspace.dir, 'report.html'), 'utf8')
      for (const id of [
        'calibration',
        'risk',
        'none',
        'pairs',
        'flips',
        'conformal',
        'exemplars',
      ]) {
        expect(page.includes(`<section id="${id}">`)).toBe(true)
      }
    })

    it('says in text what it measured', async () => {
      const { exitCode, stdout } = await workspace.run([...train, '--none', 'far.jsonl', '--audit'])
      expect(exitCode).toBe(0)
      expect(stdout).toContain('Fitted in memory on 13 rows of train.jsonl, 5 test rows (1 none')
      expect(stdout).toMatch(/far\.jsonl +2 +[\d.]+ %/)
      expect(stdout).toContain('of equal mass')
      expect(stdout).toContain('Near-duplicates across routes')
    })

    it('asks about each style by a router that was fitted without it', async () => {
      const styles = ['terse', 'polite']
      const tagged = TRAIN.map((row, i) => ({ ...row, style: styles[i % 2] }))
      await write('tagged.jsonl', tagged)
      const leaveOut = ['eval', '--train', 'tagged.jsonl', '--leave-out', 'style', '--json']
      const { exitCode, stdout, stderr } = await workspace.run(leaveOut)
      expect(stderr).toContain('without terse: 6 rows to learn from, 7 asked')
      expect(exitCode).toBe(0)
      const report = JSON.parse(stdout) as EvalReport
      expect(report).toMatchObject({ rows: 13, test: 'tagged.jsonl' })
      expect(report.groups[0]?.groups.map(({ name, rows }) => [name, rows])).toEqual([
        ['terse', 7],
        ['polite', 6],
      ])
    })

    it('says that nothing is tagged where a style cannot be left out', async () => {
      const untagged = ['eval', '--train', 'train.jsonl', '--leave-out', 'style']
      const { exitCode, stderr } = await workspace.run(untagged)
      expect(exitCode).toBe(1)
      expect(stderr).toContain('The rows are of 0 styles, too few to leave one out; tag them')
    })

    it('refuses options that do not go together with exit code 2', async () => {
      const { exitCode, stderr } = await workspace.run(['eval', '--test', 'x', '--train-none', 'y'])
      expect(exitCode).toBe(2)
      expect(stderr).toContain('--train-none belongs to --train')
    })
  })

  describe('signalbox eval --compare', () => {
    it('sets two predictions files side by side, without an encoder or an index', async () => {
      const lines = (await readFile(join(workspace.dir, 'first.jsonl'), 'utf8')).trim().split('\n')
      const rows = lines.map((line) => JSON.parse(line) as { route: string | null; label: string })
      await write(
        'second.jsonl',
        rows.map((row, i) => (i === 0 ? { ...row, route: 'rate', top: 'rate' } : row)),
      )
      const wasRight = rows[0]?.route === rows[0]?.label
      const args = ['eval', '--compare', 'first.jsonl', 'second.jsonl']
      const { exitCode, stdout } = await workspace.run([
        ...args,
        '--json',
        '--html',
        'compare.html',
      ])
      expect(exitCode).toBe(0)
      const report = JSON.parse(stdout) as CompareReport
      expect(report.rows).toBe(5)
      expect(report.test).toEqual({ onlyFirst: wasRight ? 1 : 0, onlySecond: 0, pValue: 1 })
      expect([...report.broken, ...report.movedWrong].map(({ second }) => second)).toEqual(['rate'])
      const page = await readFile(join(workspace.dir, 'compare.html'), 'utf8')
      expect(page.includes('Exact McNemar p')).toBe(true)
    })

    it('names the first row that the two do not share', async () => {
      const { exitCode, stderr } = await workspace.run([
        ...['eval', '--test', 'near.jsonl'],
        ...['--compare', 'first.jsonl', 'second.jsonl'],
      ])
      expect(exitCode).toBe(1)
      expect(stderr).toContain('near.jsonl and first.jsonl are not of the same test rows: row 1')
    })

    it('compares two generations, and refuses one that is not there', async () => {
      await workspace.run(['rebuild'])
      await workspace.run(['add', 'explain lifetimes in rust to me', '--route', 'code'])
      await workspace.run(['rebuild'])
      await write('own.jsonl', [
        ...rowsOf('code', ['what are lifetimes in rust', 'fix this python loop']),
        ...rowsOf('math', ['solve x squared equals two']),
      ])
      const args = ['eval', '--test', 'own.jsonl', '--compare']
      const { exitCode, stdout } = await workspace.run([...args, '1', '2'])
      expect(exitCode).toBe(0)
      expect(stdout).toContain('First: generation 1. Second: generation 2. 3 test rows.')
      const missing = await workspace.run([...args, '1', '7'])
      expect(missing.exitCode).toBe(1)
      expect(missing.stderr).toContain('7')
    })

    it('compares two settings of the served generation', async () => {
      const settings = await readFile(join(workspace.dir, 'signalbox.yaml'), 'utf8')
      await writeFile(join(workspace.dir, 'one.yaml'), `${settings}index: { neighbours: 1 }\n`)
      const args = ['eval', '--test', 'own.jsonl', '--compare', 'signalbox.yaml', 'one.yaml']
      const { exitCode, stdout } = await workspace.run(args)
      expect(exitCode).toBe(0)
      expect(stdout).toContain('Second: one.yaml.')
      await writeFile(join(workspace.dir, 'other.yaml'), `${settings}encoder: { max_chars: 500 }\n`)
      const refused = await workspace.run([...args.slice(0, 5), 'other.yaml'])
      expect(refused.exitCode).toBe(1)
      expect(refused.stderr).toContain('has another encoder section')
    })
  })
})
