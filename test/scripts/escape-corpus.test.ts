// Every command that prints what others wrote, on a data folder whose prompts, votes, keys, notes and training data are all
// hostile. A command that is not in the table below fails the test: say there how it is run, or why it prints nothing stored.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { createProgram } from '../../scripts/program.ts'
import { makeKey } from '../../src/access/new-key.ts'
import { createSqliteStore } from '../../src/store/sqlite/sqlite-store.ts'
import { completionOf, decisionOf, feedbackOf, idOf, recordingLogger } from '../store/fixtures.ts'
import { ESCAPE_CORPUS, findHazards } from '../support/escape-corpus.ts'
import { exampleConfig } from '../support/training-folder.ts'
import { createWorkspace, type Workspace } from './run-command.ts'

// Some of the commands start an encoder: seconds on a busy machine.
vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const HOSTILE = ESCAPE_CORPUS.map(([, text]) => text)
/** All of them in one text, for what is kept once. */
const ALL = HOSTILE.join(' ')

interface Run {
  args: string[]
  /** Whether what it prints holds something of the corpus, which must then be seen as an escape. */
  shows: boolean
}

const shows = (...args: string[]): Run => ({ args, shows: true })
const quiet = (...args: string[]): Run => ({ args, shows: false })

/** By the words of the command; a text says why there is nothing to run. */
const COMMANDS: Record<string, Run[] | string> = {
  serve: 'prints log lines, which test/telemetry/logger.test.ts holds to the same',
  'build-model': 'prints names and hashes of its own files',
  completion: 'prints what the program holds',
  'config schema': 'prints what the program holds',
  route: [shows('route', ALL)],
  init: [quiet('init')],
  'models list': [quiet('models', 'list')],
  'models check': [quiet('models', 'check')],
  'routes add': [shows('routes', 'add', `${HOSTILE[0]}`, '--models', 'small')],
  add: [
    shows('add', ALL, '--route', 'nowhere\u001b[2J'),
    shows('add', `${HOSTILE[0]}!`, '--route', 'code'),
  ],
  import: [
    shows('import', 'labelled.jsonl', '--dry-run'),
    shows('import', 'labelled.csv', '--dry-run'),
  ],
  rebuild: [shows('rebuild', '--force', '--no-promote')],
  rollback: [quiet('rollback', '--list'), quiet('rollback', '--to', '1', '--reason', ALL)],
  'generations list': [quiet('generations', 'list')],
  'generations show': [shows('generations', 'show', '1')],
  'generations promote': [quiet('generations', 'promote', '1', '--force', '--reason', ALL)],
  'generations history': [shows('generations', 'history')],
  replay: [quiet('replay', '--limit', '100')],
  review: [shows('review', '--list'), shows('review', '--accept', `d_${HOSTILE[0]}`)],
  'arms list': [shows('arms', 'list')],
  'arms shadow': [quiet('arms', 'shadow', '99')],
  'arms canary': [quiet('arms', 'canary', '99', '--share', '0.1')],
  'arms end': [quiet('arms', 'end', 'canary', '--reason', ALL)],
  'feedback add': [
    quiet('feedback', 'add', idOf(1), 'bad', '--route', '\u001b[2Jnowhere', '--comment', ALL),
  ],
  'feedback import': [shows('feedback', 'import', 'votes.jsonl', '--dry-run')],
  'feedback list': [shows('feedback', 'list', '--limit', '200')],
  'exemplars list': [shows('exemplars', 'list')],
  'exemplars quarantine': [quiet('exemplars', 'quarantine', 'ex_\u001b[2J', '--note', ALL)],
  'exemplars release': [quiet('exemplars', 'release', 'ex_\u001b[2J', '--note', ALL)],
  forget: [quiet('forget', '--session', HOSTILE[0] ?? '', '--dry-run')],
  eval: [shows('eval', '--test', 'labelled.jsonl', '--train', 'labelled.jsonl')],
  'outcomes eval': [
    shows('outcomes', 'eval', '--train', 'outcomes.jsonl', '--test', 'outcomes.jsonl'),
  ],
  report: [shows('report')],
  'outcomes import': [shows('outcomes', 'import', 'outcomes.jsonl')],
  'outcomes list': [quiet('outcomes', 'list')],
  'outcomes stats': [shows('outcomes', 'stats')],
  'outcomes export': [shows('outcomes', 'export')],
  tune: [quiet('tune', '--route', '\u001b[2Jnowhere')],
  explain: [shows('explain', idOf(1)), shows('explain', idOf(5)), shows('explain', '--last')],
  lint: [shows('lint', '--all')],
  'keys create': [shows('keys', 'create', '--name', ALL)],
  'keys list': [shows('keys', 'list')],
  'keys revoke': [shows('keys', 'revoke', 'no\u001b[2Jsuch')],
  'alerts list': [shows('alerts', 'list')],
  'alerts test': [quiet('alerts', 'test')],
  'alerts history': [shows('alerts', 'history')],
  errors: [shows('errors')],
  stats: [quiet('stats')],
  logs: [quiet('logs'), shows('logs', '--file', 'server.log')],
  doctor: [quiet('doctor'), quiet('doctor', '--online')],
  'config check': [quiet('config', 'check')],
  'config print': [shows('config', 'print')],
  'config history': [shows('config', 'history')],
  'config diff': [quiet('config', 'diff')],
  'config rollback': [quiet('config', 'rollback', '--dry-run', '--no-replay')],
  'config apply': [shows('config', 'apply', 'other.yaml', '--dry-run', '--no-replay')],
}

/** Words and options of every command that does something itself. */
const leaves = (command: Command, words: string[] = []): { name: string; takesJson: boolean }[] =>
  command.commands.length > 0
    ? command.commands.flatMap((child) => leaves(child, [...words, child.name()]))
    : [
        {
          name: words.join(' '),
          takesJson: command.options.some(({ long }) => long === '--json'),
        },
      ]

const KNOWN = leaves(await createProgram())

let workspace: Workspace

const jsonLines = (rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('')

const writeFiles = async ({ dir }: Workspace): Promise<void> => {
  const { providers, models, routes, default_route } = exampleConfig()
  const config = { providers, models, routes, default_route }
  const described = (description: string) =>
    JSON.stringify({ ...config, routes: { ...routes, code: { models: ['small'], description } } })
  await writeFile(join(dir, 'signalbox.yaml'), described(ALL.replaceAll('\u0000', '')))
  await writeFile(join(dir, 'other.yaml'), described(`${HOSTILE[0]}`))
  const rows = HOSTILE.map((text, i) => ({
    text: `${text} fix ${i}`,
    label: i % 2 ? text : 'code',
  }))
  await writeFile(join(dir, 'labelled.jsonl'), jsonLines(rows))
  const cell = (text: string) => `"${text.replaceAll('"', '""').replaceAll('\u0000', '')}"`
  const csv = rows.map(({ text, label }) => `${cell(text)},${cell(label)}\n`)
  await writeFile(join(dir, 'labelled.csv'), `text,label\n${csv.join('')}`)
  const votes = HOSTILE.map((text) => ({
    decision_id: idOf(1),
    verdict: 'bad',
    correct_route: text,
  }))
  await writeFile(join(dir, 'votes.jsonl'), jsonLines(votes))
  const outcomes = HOSTILE.map((text, i) => ({
    text: `${text} fix ${i}`,
    scores: { a: i % 2, [ALL]: 1 },
    cost: { a: 0.1, [ALL]: 0.2 },
  }))
  await writeFile(join(dir, 'outcomes.jsonl'), jsonLines(outcomes))
  const logged = HOSTILE.map((text) => ({ level: text, msg: text, route: text, time: text }))
  await writeFile(join(dir, 'server.log'), jsonLines(logged))
  const file = join(dir, 'training-data', 'code.jsonl')
  const exemplars = HOSTILE.map((text) => ({ text, route: 'code' }))
  const repeated = [HOSTILE[0], HOSTILE[1]].map((text) => ({ text: `${text}!`, route: 'code' }))
  await writeFile(file, `${await readFile(file, 'utf8')}${jsonLines([...exemplars, ...repeated])}`)
}

const fillStore = async ({ dir }: Workspace): Promise<void> => {
  const store = await createSqliteStore({
    file: join(dir, 'data', 'signalbox.db'),
    storeText: 'full',
    flushIntervalMs: 5,
    queueLimit: 10_000,
    logger: recordingLogger(),
  })
  for (const [i, text] of HOSTILE.entries()) {
    const n = i + 1
    store.recordDecision(
      decisionOf(n, {
        createdAtMs: Date.now(),
        routingText: { ...decisionOf(n).routingText, text: `${text} number ${n}` },
        sessionId: text,
        requestId: text,
        requestedModel: text,
        principal: text,
        neighbours: [{ exemplarId: text, route: 'code', similarity: 0.9 }],
      }),
      'pending',
    )
    const [attempt] = completionOf().attempts
    const failed = attempt && { ...attempt, provider: text, model: text, failure: { shape: text } }
    store.completeDecision(idOf(n), completionOf({ attempts: failed ? [failed] : [] }))
    const vote = { decisionId: idOf(n), principal: text, comment: text }
    await store.addFeedback(feedbackOf(n, { ...vote, correctRoute: n % 2 ? text : 'writing' }))
    const { key } = makeKey(
      { name: 'k', roles: ['inference'] },
      { config: exampleConfig(), creator: null, nowMs: Date.now() },
    )
    const made = { ...key, name: text, owner: text, models: [text], createdBy: text }
    await store.createKey(made)
    const ruling = { subject: 'exemplar' as const, subjectId: text, action: 'quarantine' as const }
    const said = { route: null, author: text, note: text, createdAtMs: n }
    await store.addRuling({ id: idOf(2_000_000 + n), ...ruling, ...said })
    const at = { hash: `${n}`.padStart(12, 'a'), author: text }
    await store.saveConfigVersion({ ...at, text: 'a: 1', createdAtMs: n })
    await store.addConfigActivation({ id: idOf(3_000_000 + n), ...at, cause: 'api', atMs: n })
  }
  const alert = { kind: 'breaker_open', severity: 'warning', state: 'firing' } as const
  const begun = { atMs: Date.now(), sinceMs: Date.now() }
  await store.addAlertEvents(
    HOSTILE.map((text, i) => ({
      id: idOf(4_000_000 + i),
      ...alert,
      ...begun,
      subject: text,
      summary: text,
    })),
  )
  const shadow = { generation: 2, route: 'math', reason: 'matched' as const, confidence: 0.9 }
  await store.addShadowDecisions(
    HOSTILE.map((_, i) => ({ ...shadow, decisionId: idOf(i + 1), createdAtMs: Date.now() })),
  )
  await store.close()
}

beforeAll(async () => {
  workspace = await createWorkspace(await mkdtemp(join(tmpdir(), 'signalbox-escapes-')))
  await writeFiles(workspace)
  await fillStore(workspace)
  for (const args of [
    ['rebuild', '--json'],
    ['rebuild', '--force', '--no-promote', '--json'],
    ['generations', 'promote', '1', '--force', '--reason', ALL, '--json'],
    ['arms', 'shadow', '2', '--json'],
  ]) {
    expect(JSON.parse(await run(args))).not.toHaveProperty('error')
  }
})

afterAll(async () => {
  await rm(workspace.dir, { recursive: true, force: true })
})

it('knows every command', () => {
  expect(Object.keys(COMMANDS).sort()).toEqual(KNOWN.map(({ name }) => name).sort())
})

const FORGED = /^error: the database is damaged/m
const ESCAPED = /\\[xurn]/

/** Runs a command, and gives all that it wrote. */
const run = async (args: string[]): Promise<string> => {
  const { stdout, stderr } = await workspace.run(args)
  return stdout + stderr
}

const runs = KNOWN.flatMap(({ name, takesJson }) => {
  const planned = COMMANDS[name] ?? []
  if (typeof planned === 'string') return []
  return planned.flatMap((one) => [
    { title: name, ...one },
    ...(takesJson ? [{ title: `${name} --json`, ...one, args: [...one.args, '--json'] }] : []),
  ])
})

it.each(runs)('$title writes nothing that a terminal would obey', async ({ args, shows }) => {
  const written = await run(args)
  expect(written).not.toBe('')
  expect(findHazards(written.replaceAll('\n', ''))).toEqual([])
  expect(written).not.toMatch(FORGED)
  if (shows) expect(written).toMatch(ESCAPED)
})
