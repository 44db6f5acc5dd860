import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { EvaluationReport } from '../../src/core/classifier/evaluate.ts'
import type { RebuildReport } from '../../src/training/rebuild/rebuild.ts'
import { decisionOf, feedbackOf, idOf, openStoreHere } from '../store/fixtures.ts'
import { exampleRoute } from '../support/training-folder.ts'
import { createWorkspace, type Workspace } from './run-command.ts'

let workspace: Workspace

// Most commands start an encoder: seconds on a busy machine.
vi.setConfig({ testTimeout: 120_000 })

beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-commands-')))
})

afterAll(async () => {
  await rm(workspace.dir, { recursive: true, force: true })
})

const file = async (name: string, content: string): Promise<string> => {
  await writeFile(join(workspace.dir, name), content)
  return name
}

const training = (route: string) =>
  readFile(join(workspace.dir, 'training-data', `${route}.jsonl`), 'utf8')

// Each begins where the one before has left the folder.
describe('commands on one data folder', { shuffle: false }, () => {
  describe('signalbox import', () => {
    it('adds what is valid in the training data, and says where each line went', async () => {
      const before = await training('code')
      const name = await file('good.csv', 'text,intent\n"port it, please",dev\nlights off,none\n')
      const { exitCode, stdout } = await workspace.run([
        'import',
        name,
        '--map',
        'dev=code',
        '--json',
      ])
      expect(exitCode).toBe(0)
      const report = JSON.parse(stdout) as { added: { location: string }[] }
      expect(report.added.map(({ location }) => location)).toEqual(['good.csv:2', 'good.csv:3'])
      expect(await training('code')).toBe(
        `${before}{"text":"port it, please","route":"code","source":"import"}\n`,
      )
    })

    it('writes nothing and exits 1 when a line is invalid, unless told to skip it', async () => {
      const before = await training('math')
      const name = await file(
        'bad.jsonl',
        '{"text":"one more sum","route":"math"}\n{"text":"two","route":"meth"}\n{oops\n',
      )
      const refused = await workspace.run(['import', name])
      expect(refused.exitCode).toBe(1)
      expect(refused.stdout).toContain(
        'bad.jsonl:2: "meth" is not a configured route. Did you mean "math"?',
      )
      expect(refused.stdout).toContain('bad.jsonl:3: is not valid JSON')
      expect(refused.stderr).toMatch(/^error: 2 of the rows in bad\.jsonl are invalid/)
      expect(await training('math')).toBe(before)
      const skipped = await workspace.run(['import', name, '--skip-invalid'])
      expect(skipped.exitCode).toBe(0)
      expect(await training('math')).toContain('one more sum')
    })

    it('exits 2 and explains itself when used wrongly', async () => {
      const { exitCode, stderr, stdout } = await workspace.runProcess([
        'import',
        'x.csv',
        '--map',
        'nonsense',
      ])
      expect(exitCode).toBe(2)
      expect(stderr).toContain('LABEL=ROUTE')
      expect(stdout).toBe('')
    })

    it('exits 1 with one line when the file is not there', async () => {
      const { exitCode, stderr } = await workspace.runProcess(['import', 'missing.csv'])
      expect(exitCode).toBe(1)
      expect(stderr).toBe('error: missing.csv cannot be read (ENOENT).\n')
    })
  })

  describe('signalbox rebuild, eval, add and rollback with the real encoder', () => {
    it('asks for a rebuild where there is no index yet', async () => {
      const name = await file('rows.jsonl', '{"text":"a","label":"code"}\n')
      const { exitCode, stderr } = await workspace.run(['eval', '--test', name])
      expect(exitCode).toBe(1)
      expect(stderr).toContain('signalbox rebuild')
    })

    it('builds a generation and evaluates it', async () => {
      const { exitCode, stdout, stderr } = await workspace.run(['rebuild', '--json'])
      expect(stderr).toBe('')
      expect(exitCode).toBe(0)
      const report = JSON.parse(stdout) as RebuildReport
      expect(report).toMatchObject({ generation: 1, search: 'exact', unchanged: false })

      const rows = [
        { text: 'write a python function to merge two lists', label: exampleRoute('code') },
        { text: 'solve this cubic equation', label: exampleRoute('math') },
        { text: 'compose a poem about spring', label: exampleRoute('writing') },
      ]
      const test = await file('test.jsonl', rows.map((row) => JSON.stringify(row)).join('\n'))
      const args = ['eval', '--test', test, '--predictions', 'out.jsonl']
      const evaluated = await workspace.run([...args, '--json'])
      expect(evaluated.exitCode).toBe(0)
      expect(JSON.parse(evaluated.stdout)).toMatchObject({
        trainedOn: { generation: 1 },
        rows: 3,
        topAccuracy: 1,
      })
      const lines = (await readFile(join(workspace.dir, 'out.jsonl'), 'utf8')).trim().split('\n')
      const predictions = lines.map((line) => JSON.parse(line) as Record<string, unknown>)
      expect(predictions.map(({ text }) => text)).toEqual(rows.map(({ text }) => text))
      expect(Object.keys(predictions[0] ?? {})).toEqual([
        'text',
        'label',
        'top',
        'route',
        'confidence',
        'scores',
      ])
    })

    it('fits on a file in memory and touches neither index nor training data', async () => {
      const train = await file(
        'train.csv',
        'text,label\nmy card is late,Card?\nwhere is my card,Card?\neuro rate,rate\nexchange rate today,rate\n',
      )
      const none = await file(
        'none.jsonl',
        '{"text":"sing a song","label":"x"}\n{"text":"play some jazz","label":"x"}',
      )
      const test = await file(
        'test.csv',
        'text,label\ncard still not here,Card?\nsing a tune,oos\n',
      )
      const before = await training('code')
      const args = ['eval', '--train', train, '--train-none', none, '--test', test, '--json']
      const { exitCode, stdout } = await workspace.run(args)
      expect(exitCode).toBe(0)
      const report = JSON.parse(stdout) as EvaluationReport
      expect(report).toMatchObject({ rows: 2, noneRows: 1, topAccuracy: 1 })
      expect(report.abstention.noneRecall).toBe(1)
      expect(await training('code')).toBe(before)
      const listed = await workspace.run(['rollback', '--list', '--json'])
      expect(JSON.parse(listed.stdout)).toMatchObject({
        current: 1,
        generations: [{ generation: 1 }],
      })
    })

    it('exits 1 below the accuracy asked for', async () => {
      const test = await file(
        'wrong.jsonl',
        `{"text":"compose a poem","label":"${exampleRoute('math')}"}\n`,
      )
      const { exitCode, stderr } = await workspace.run([
        'eval',
        '--test',
        test,
        '--min-accuracy',
        '0.5',
      ])
      expect(exitCode).toBe(1)
      expect(stderr).toContain('accuracy 0.0 % is below --min-accuracy 50.0 %')
    })

    const text = 'explain lifetimes in rust'

    it('adds an exemplar from standard input', async () => {
      const { exitCode, stdout } = await workspace.run(
        ['add', '-', '--route', 'code', '--json'],
        `${text}\n`,
      )
      expect(exitCode).toBe(0)
      expect(JSON.parse(stdout)).toMatchObject({ added: { text, route: 'code' } })
      expect(await training('code')).toContain(text)
    })

    it('refuses an exemplar of almost the same text, and shows which', async () => {
      const { exitCode, stderr } = await workspace.run(['add', `${text}!`, '--route', 'code'])
      expect(exitCode).toBe(1)
      expect(stderr).toContain('The route has almost the same text already')
      expect(stderr).toContain(`"${text}"`)
    })

    it('refuses to contradict another route, unless forced', async () => {
      const args = ['add', `${text}.`, '--route', 'writing']
      const refused = await workspace.run(args)
      expect(refused.exitCode).toBe(1)
      expect(refused.stderr).toContain('Another route has almost the same text')
      const forced = await workspace.run([...args, '--force'])
      expect(forced.exitCode).toBe(0)
      expect(await training('writing')).toContain(`${text}.`)
    })

    it('suggests a route for one that is not configured', async () => {
      const { exitCode, stderr } = await workspace.run(['add', 'anything', '--route', 'cod'])
      expect(exitCode).toBe(1)
      expect(stderr).toContain('Did you mean "code"?')
    })

    it('rebuilds with what was added, and rolls back', async () => {
      const rebuilt = await workspace.run(['rebuild'])
      expect(rebuilt.stdout).toContain('Generation 2 is current, after generation 1')
      // Those that were added are known from the check; their perturbed copies are not.
      expect(rebuilt.stdout).toContain('Embedded 2 texts')
      const back = await workspace.run(['rollback', '--json'])
      expect(JSON.parse(back.stdout)).toEqual({ from: 2, to: 1 })
      const nowhere = await workspace.run(['rollback'])
      expect(nowhere.exitCode).toBe(1)
      expect(nowhere.stderr).toContain('no predecessor')
    })

    it('learns from the feedback in the store, and can leave it out', async () => {
      const prompt = 'the quick brown fox jumps over the lazy dog'
      const store = await openStoreHere({ file: join(workspace.dir, 'data', 'signalbox.db') })
      const routingText = { ...decisionOf(1).routingText, text: prompt }
      store.recordDecision(decisionOf(1, { routingText, route: 'math' }), 'dry_run')
      await store.addFeedback(feedbackOf(1, { principal: 'local', correctRoute: 'writing' }))
      store.recordDecision(decisionOf(2, { route: 'math' }), 'dry_run')
      await store.addFeedback(feedbackOf(2, { decisionId: idOf(2), correctRoute: 'writting' }))
      await store.close()

      const { exitCode, stdout } = await workspace.run(['rebuild'])
      expect(exitCode).toBe(0)
      expect(stdout).toContain('From feedback: 1 added, 1 rejected.')
      expect(stdout).toContain(`+ writing: "${prompt}"`)
      expect(stdout).toContain(`- ${idOf(2)}: "writting" is not a configured route.`)
      const test = await file(
        'fox.jsonl',
        `${JSON.stringify({ text: prompt, label: 'writing' })}\n`,
      )
      const evaluated = await workspace.run(['eval', '--test', test, '--json'])
      expect(JSON.parse(evaluated.stdout)).toMatchObject({ accuracy: 1 })

      const without = await workspace.run(['rebuild', '--no-feedback', '--json'])
      expect(JSON.parse(without.stdout)).toMatchObject({
        fromFeedback: { accepted: [], rejected: [] },
      })
    })
  })

  describe('signalbox route', () => {
    it('reads the prompt from standard input where it is -', async () => {
      const prompt = 'sort a python list with a function'
      const typed = await workspace.run(['route', prompt, '--json'])
      const piped = await workspace.runProcess(['route', '-', '--json'], prompt)
      const [first, second] = [typed, piped].map(({ exitCode, stdout }) => {
        const { route, reason, scores } = JSON.parse(stdout) as Record<string, unknown>
        return { exitCode, route, reason, scores }
      })
      expect(first).toMatchObject({ exitCode: 0, route: exampleRoute('code') })
      expect(second).toEqual(first)
      const nothing = await workspace.run(['route', '-'], '\n')
      expect([nothing.exitCode, nothing.stdout]).toEqual([1, ''])
      expect(nothing.stderr).toContain('The prompt is empty')
    })
  })
})
