// The first hour of somebody with routes of their own, by commands and HTTP alone: a configuration, labelled prompts, a start,
// answers of two providers, a vote, a rebuild, a mistake in the file, a key with a budget, a rollback. Once in a fresh folder,
// and once in one whose index and training data are of other routes.
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import type { RebuildReport } from '../../src/training/rebuild/rebuild.ts'
import { ANTHROPIC_KEY, type FakeAnthropic, startFakeAnthropic } from '../support/fake-anthropic.ts'
import { startFaultyProvider } from '../support/faulty-provider.ts'
import {
  createSite,
  type RoutedJson,
  type RunningServer,
  type Site,
  type SiteOptions,
} from '../support/server.ts'
import { smallConfig, smallTraining } from '../support/small-training.ts'
import {
  configText,
  jsonLines,
  OWN_ROUTES,
  type OwnRoute,
  PROMPTS,
  spreadsheet,
} from './own-routes.ts'

vi.setConfig({ testTimeout: 120_000, hookTimeout: 240_000 })
vi.stubEnv('FIRST_HOUR_CHEAP_KEY', 'sk-cheap-000000000000000000')
vi.stubEnv('FIRST_HOUR_CLEVER_KEY', ANTHROPIC_KEY)

/** What a correction teaches: it is near to what was labelled, and says another thing. */
const MISTAKEN = 'the pear tree on my bill was charged twice'

interface Folder {
  name: string
  options: SiteOptions
  /** Of the index and the training data that lie there already. */
  otherRoutes: string[]
}

const FOLDERS: Folder[] = [
  { name: 'a fresh folder', options: { index: 'none', training: {} }, otherRoutes: [] },
  {
    name: 'a folder of other routes',
    options: { config: smallConfig(), training: smallTraining() },
    otherRoutes: Object.keys(smallTraining()).map((file) => file.replace('.jsonl', '')),
  },
]

const firstHour = ({ options, otherRoutes }: Folder): void => {
  let site: Site
  let server: RunningServer
  let cheap: Awaited<ReturnType<typeof startFaultyProvider>>
  let clever: FakeAnthropic
  let key: string | null = null
  const isFresh = otherRoutes.length === 0

  beforeAll(async () => {
    cheap = await startFaultyProvider()
    clever = await startFakeAnthropic()
    site = await createSite(options)
  })

  afterAll(async () => {
    await site.remove()
    await cheap.close()
    await clever.close()
  })

  const file = (name: string) => join(site.dir, name)
  /** As Anthropic's own clients take it: without /v1. */
  const written = () =>
    configText({ cheap: cheap.baseUrl, clever: clever.baseUrl.replace(/\/v1$/, '') })

  const command = async <T>(...args: string[]): Promise<T> => {
    const { exitCode, stdout, stderr } = await site.run([...args, '--json'])
    expect([exitCode, stderr]).toEqual([0, ''])
    return JSON.parse(stdout) as T
  }

  const ask = (path: string, body?: object): Promise<Response> =>
    fetch(server.url + path, {
      method: body ? 'POST' : 'GET',
      headers: {
        'content-type': 'application/json',
        ...(key !== null && { authorization: `Bearer ${key}` }),
      },
      ...(body && { body: JSON.stringify(body) }),
    })

  const chat = (model: string, content: string) =>
    ask('/v1/chat/completions', { model, messages: [{ role: 'user', content }] })

  const route = async (prompt: string): Promise<RoutedJson> =>
    (await (await ask('/v1/route', { prompt })).json()) as RoutedJson

  const checks = async () =>
    ((await (await ask('/readyz')).json()) as { checks: Record<string, { detail: string }> }).checks

  /** A running server takes another generation over by itself. */
  const routeIn = (generation: number, prompt: string): Promise<RoutedJson> =>
    vi.waitFor(
      async () => {
        const decision = await route(prompt)
        expect(decision.index_generation).toBe(generation)
        return decision
      },
      { timeout: 60_000, interval: 200 },
    )

  it('begins with a check that names all that would keep the server from starting', async () => {
    const unset = written().replace('FIRST_HOUR_CHEAP_KEY', 'FIRST_HOUR_FORGOTTEN_KEY')
    await writeFile(file('signalbox.yaml'), unset)
    const { exitCode, stderr } = await site.run(['config', 'check'])
    expect(exitCode).toBe(1)
    expect(stderr).toContain('needs the environment variable FIRST_HOUR_FORGOTTEN_KEY')
    // Without an index somebody must bring exemplars first; otherwise the next rebuild needs them.
    expect(stderr.includes('holds no exemplars of configured routes')).toBe(isFresh)
  })

  it('takes a third route by one command, which keeps the comments of the file', async () => {
    await writeFile(file('signalbox.yaml'), written())
    const added = await command('routes', 'add', 'astronomy', '--models', 'claude,llama')
    expect(added).toMatchObject({ route: 'astronomy', models: ['claude', 'llama'] })
    const text = await readFile(file('signalbox.yaml'), 'utf8')
    expect(text).toContain('# ours is the clever one')
    expect(text).toMatch(/astronomy: \{ models: \[ ?claude, llama ?\] \}/)
    expect(await readFile(file('training-data/astronomy.jsonl'), 'utf8')).toBe('')
    const again = await site.run(['routes', 'add', 'astronomy', '--models', 'claude', '--json'])
    expect(again.exitCode).toBe(1)
    expect(JSON.parse(again.stdout)).toMatchObject({ error: { code: 'invalid_request' } })
  })

  it('imports ten prompts a route from a spreadsheet and from JSON Lines', async () => {
    await writeFile(file('prompts.csv'), spreadsheet())
    await writeFile(file('prompts.jsonl'), jsonLines())
    const { exitCode, stdout } = await site.run(['import', 'prompts.csv'])
    expect(exitCode).toBe(0)
    expect(stdout).toContain(
      'Added 15 (gardening 5, invoices 5, astronomy 5), 1 duplicate, 0 rejected.',
    )
    for (const other of otherRoutes) expect(stdout).toMatch(new RegExp(`Left out .*\\b${other}\\b`))
    const { added, duplicates } = await command<Record<string, unknown[]>>(
      'import',
      'prompts.jsonl',
    )
    expect([added?.length, duplicates]).toEqual([15, []])
    const { warnings } = await command<{ warnings: string[] }>('config', 'check')
    expect(warnings).toHaveLength(isFresh ? 0 : 2)
  })

  it('starts, and says where index and configuration disagree', async () => {
    server = await site.start()
    const { routes } = await checks()
    if (isFresh) {
      expect(routes).toEqual({ ok: true, detail: 'index and configuration agree' })
      return
    }
    expect(routes?.detail).toMatch(
      /The index knows .*not configured: prompts of that kind go to general/,
    )
    expect(routes?.detail).toMatch(
      /gardening, invoices, astronomy: configured, but unknown to the index/,
    )
    expect(await route(PROMPTS.gardening)).toMatchObject({ route: 'general', index_generation: 1 })
    const report = await command<RebuildReport>('rebuild', '--promote-anyway', '--reason', 'ours')
    expect(report).toMatchObject({
      generation: 2,
      outcome: 'promoted',
      leftOut: { heldOutRows: 0 },
    })
    expect(report.leftOut?.routes.toSorted()).toEqual([...otherRoutes].sort())
    await routeIn(2, PROMPTS.gardening)
    expect((await checks()).routes).toEqual({ ok: true, detail: 'index and configuration agree' })
  })

  it.each(OWN_ROUTES)('routes a prompt of %s to its model, and answers', async (own: OwnRoute) => {
    const response = await chat('auto', PROMPTS[own])
    const headers = Object.fromEntries(response.headers)
    expect([response.status, headers['x-router-route'], headers['x-router-reason']]).toEqual([
      200,
      own,
      'matched',
    ])
    expect(headers['x-router-model']).toBe(own === 'gardening' ? 'llama' : 'claude')
    expect(headers).not.toHaveProperty('x-router-fallback-cause')
    const attempts = own === 'gardening' ? cheap.attempts : clever.attempts
    expect(JSON.stringify(attempts.at(-1)?.body)).toContain(PROMPTS[own])
    expect(clever.attempts.every(({ path }) => path === '/v1/messages')).toBe(true)
  })

  it('answers to names that nobody configured, and refuses a slip of the pen', async () => {
    const asked = await chat('claude-sonnet-4-5-20250929', PROMPTS.gardening)
    expect([asked.status, asked.headers.get('x-router-alias')]).toEqual([200, 'unknown_model=auto'])
    const agent = await chat('our-agent', 'hello')
    expect([agent.headers.get('x-router-route'), agent.headers.get('x-router-alias')]).toEqual([
      'invoices',
      'our-agent=route:invoices',
    ])
    const slip = await chat('lama', 'hello')
    expect(slip.status).toBe(404)
    expect(await slip.text()).toContain('one of: llama, claude')
  })

  it('learns from a vote with the next rebuild', async () => {
    const before = await route(MISTAKEN)
    const correct = before.route === 'gardening' ? 'invoices' : 'gardening'
    const vote = { decision_id: before.id, verdict: 'bad', correct_route: correct }
    expect((await ask('/v1/feedback', vote)).status).toBe(201)
    const generation = (before.index_generation ?? 0) + 1
    const forced = ['--promote-anyway', '--reason', 'a correction']
    const report = await command<RebuildReport>('rebuild', ...forced)
    expect(report).toMatchObject({ generation, outcome: 'promoted' })
    expect(report.fromFeedback.accepted).toMatchObject([{ route: correct, text: MISTAKEN }])
    const after = await routeIn(generation, MISTAKEN)
    expect(after.neighbours[0]).toMatchObject({ route: correct, text: MISTAKEN })
  })

  it('serves on where the file has a mistake, says which, and takes the mended one', async () => {
    const good = await readFile(file('signalbox.yaml'), 'utf8')
    await writeFile(
      file('signalbox.yaml'),
      good.replace('default_route: general', 'default_route: generl'),
    )
    await vi.waitFor(
      async () =>
        expect((await checks()).config?.detail).toMatch(/refused: .*did you mean "general"/s),
      { timeout: 20_000, interval: 200 },
    )
    expect((await chat('auto', PROMPTS.gardening)).headers.get('x-router-route')).toBe('gardening')
    await writeFile(file('signalbox.yaml'), good.replace('threshold: 0.3', 'threshold: 0.25'))
    await vi.waitFor(async () => expect((await checks()).config?.detail).not.toMatch(/refused/), {
      timeout: 20_000,
      interval: 200,
    })
    expect((await chat('auto', PROMPTS.gardening)).headers.get('x-router-route')).toBe('gardening')
  })

  it('needs a key once there is one, and keeps it to its budget', async () => {
    const limit = ['--limit', 'budget_usd_per_day=0.02']
    const made = await command<{ key: string }>('keys', 'create', '--name', 'app', ...limit)
    expect((await chat('llama', 'hello')).status).toBe(401)
    key = made.key
    expect((await chat('llama', 'hello')).status).toBe(200)
    const spent = await vi.waitFor(
      async () => {
        const response = await chat('llama', 'hello')
        expect(response.status).toBe(429)
        return response.json()
      },
      { timeout: 20_000, interval: 50 },
    )
    expect(spent).toMatchObject({ error: { code: 'insufficient_quota' } })
  })

  it('goes back to the generation before, and ends when it is asked to', async () => {
    const { from, to } = await command<{ from: number; to: number }>('rollback')
    expect(from - to).toBe(1)
    await vi.waitFor(
      async () => expect((await checks()).index?.detail).toMatch(new RegExp(`^generation ${to},`)),
      { timeout: 20_000, interval: 200 },
    )
    expect(await server.stop()).toEqual({ code: 0, signal: null })
  })
}

describe.each(FOLDERS)('in $name', (folder) => {
  describe('the first hour', { shuffle: false }, () => firstHour(folder))
})
