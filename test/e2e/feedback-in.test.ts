// Votes come in by every door of a running server: read off what callers do next, given, imported, and forgotten again.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { Feedback } from '../../src/core/records/feedback.ts'
import type { ForgetReport } from '../../src/feedback/forget.ts'
import type { GivenFeedback } from '../../src/feedback/give-feedback.ts'
import type { ImportSummary } from '../../src/feedback/import-feedback.ts'
import { type AnsweringServer, createSite, type Site } from '../support/server.ts'
import { smallConfig, smallRoute, smallTraining } from '../support/small-training.ts'

const ASKED = 'write a python function that removes duplicates from a list'

let site: Site
let server: AnsweringServer

beforeAll(async () => {
  site = await createSite({ config: smallConfig(), training: smallTraining() })
  server = await site.startHere()
}, 120_000)

afterAll(() => site.remove())

const command = async <T>(...args: string[]): Promise<T> => {
  const { exitCode, stdout, stderr } = await site.run([...args, '--json'])
  expect(exitCode, stderr).toBe(0)
  return JSON.parse(stdout) as T
}

const chat = async (content: string, session: string): Promise<string> => {
  const response = await server.post('/v1/chat/completions', {
    model: 'auto',
    messages: [{ role: 'user', content }],
    metadata: { session_id: session },
  })
  await response.text()
  return response.headers.get('x-router-decision-id') as string
}

describe('an implicit vote', () => {
  it('is seen in the list and the metrics of a running server', async () => {
    const asked = await chat('how should I look after a python', 'zoo')
    await chat('no, I meant the programming language: write a python function for me', 'zoo')
    await vi.waitFor(async () => {
      const { data } = (await (
        await fetch(`${server.url}/admin/feedback?source=implicit`)
      ).json()) as { data: { decision_id: string; implicit_kind: string; verdict: string }[] }
      expect(data).toMatchObject([
        { decision_id: asked, implicit_kind: 'correction', verdict: 'bad' },
      ])
    })
    const noted = 'signalbox_implicit_votes_total{kind="correction",outcome="noted"}'
    expect(await server.metric(noted)).toBe(1)
  })
})

describe('signalbox feedback', () => {
  it('adds a vote beside a running server, which then lists it', async () => {
    const { id } = await server.route(ASKED)
    const given = await command<GivenFeedback>(
      'feedback',
      'add',
      id,
      'bad',
      '--route',
      smallRoute('finance'),
    )
    expect(given).toMatchObject({ decisionId: id, verdict: 'bad', replaced: false, counts: true })
    const again = await command<GivenFeedback>('feedback', 'add', id, 'good', '--comment', 'fine')
    expect(again).toMatchObject({ replaced: true })
    const { votes } = await command<{ votes: Feedback[] }>(
      'feedback',
      'list',
      '--source',
      'explicit',
    )
    expect(votes).toMatchObject([{ decisionId: id, verdict: 'good', comment: 'fine' }])
    const { exitCode, stderr } = await site.run(['feedback', 'add', 'nothing', 'good'])
    expect([exitCode, stderr]).toEqual([1, 'error: No stored decision has this id.\n'])
  }, 60_000)

  it('imports a labelled log once, names its bad rows, and under --strict takes all or nothing', async () => {
    const file = join(site.dir, 'log.csv')
    await writeFile(
      file,
      [
        'text,route',
        `my javascript promise never settles,${smallRoute('code')}`,
        `a recipe for pea soup,${smallRoute('cooking')}`,
        `"the souffle collapsed again, whisk the eggs on the second shelf and reheat it",${smallRoute('code')}`,
        'what is this,nowhere',
      ].join('\n'),
    )
    const strict = await site.run(['feedback', 'import', file, '--strict', '--json'])
    expect(strict.exitCode).toBe(1)
    expect(JSON.parse(strict.stdout)).toMatchObject({ written: false, refused: 1 })
    const first = await command<ImportSummary>('feedback', 'import', file)
    expect(first).toMatchObject({ rows: 4, added: 3, refused: 1, corrected: 1, agreed: 2 })
    const { stdout } = await site.run(['feedback', 'import', file])
    expect(stdout).toContain('4 rows: 0 added, 0 replaced, 3 unchanged, 1 refused.')
    expect(stdout).toContain(`${file}:5: `)
  }, 120_000)
})

describe('forgetting', () => {
  it('takes a session out of the log and the memory of a running server', async () => {
    const asked = await chat('the kettle of our cluster is out of water, reboil it', 'kettle')
    await command('feedback', 'add', asked, 'bad', '--route', smallRoute('code'))
    const dry = await command<ForgetReport>('forget', '--session', 'kettle', '--dry-run')
    expect(dry).toMatchObject({ dryRun: true, decisions: 1, votes: 1 })
    const response = await server.post('/admin/forget', { session_id: 'kettle' })
    expect(await response.json()).toMatchObject({
      decisions: 1,
      votes: 1,
      exemplars: [],
      turns_in_memory: 1,
    })
    expect((await fetch(`${server.url}/v1/decisions/${asked}`)).status).toBe(404)
  }, 60_000)
})
