// Markup in every stored column of text: pages show it as it stands, those that shall, and never obey it. Which columns reach a
// page is held as a list, so that a column that comes to be shown is looked at by a person once.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { getTableName } from 'drizzle-orm'
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { exampleTraining } from '../support/training-folder.ts'
import { createDeskRig, type DeskRig, expectNoErrors, hasChromium } from './desk-rig.ts'
import { markup } from './hostile-decision.ts'
import { HASH, IN_CONFIG, schemaTables, textColumns, writeHostileRows } from './hostile-rows.ts'

vi.setConfig({ testTimeout: 240_000, hookTimeout: 240_000 })

const DECISION = '7fffffff-0000-7000-8000-000000000001'

/** Columns that some page shows. */
const SHOWN: readonly string[] = [
  'alert_events.summary',
  'config_activations.author',
  'config_activations.cause',
  'config_versions.author',
  'config_versions.text',
  'decisions.arm',
  'decisions.completion_model',
  'decisions.config_version',
  'decisions.degraded_by',
  'decisions.principal',
  'decisions.reason',
  'decisions.request_id',
  'decisions.requested_model',
  'decisions.route',
  'decisions.session_id',
  'decisions.text',
  'feedback.comment',
  'feedback.correct_route',
  'feedback.implicit_kind',
  'feedback.principal',
  'feedback.source',
  'feedback.verdict',
  'gateway_keys.created_by',
  'gateway_keys.models',
  'gateway_keys.name',
  'gateway_keys.owner',
  'gateway_keys.routes',
  'rulings.author',
]

/** Columns that hold no mark: ids, JSON (whose inner texts have marks of their own), and words that decide where a row stands. */
const UNMARKED: readonly string[] = [
  'alert_events.id',
  'alert_events.state',
  'config_activations.hash',
  'config_activations.id',
  'config_versions.hash',
  'decisions.attempts',
  'decisions.id',
  'decisions.inherited',
  'decisions.neighbours',
  'decisions.outcome',
  'decisions.scores',
  'decisions.selection',
  'decisions.skipped',
  'decisions.text_flags',
  'decisions.timings',
  'decisions.word_logits',
  'evaluated_prompts.costs',
  'evaluated_prompts.scores',
  'feedback.decision_id',
  'feedback.id',
  'gateway_keys.id',
  'gateway_keys.limits',
  'gateway_keys.roles',
  'key_usage.day',
  'key_usage.key_id',
  'rulings.action',
  'rulings.subject',
  'rulings.subject_id',
  'shadow_decisions.decision_id',
  'stored_responses.decision_id',
  'stored_responses.input',
  'stored_responses.response',
]

const pathsOf = (exemplarRoute: string): string[] => [
  '/dashboard',
  '/dashboard/decisions',
  `/dashboard/decisions/${DECISION}`,
  `/dashboard/decisions/${DECISION}?explain=1`,
  '/dashboard/map',
  '/dashboard/routes',
  `/dashboard/routes/${exemplarRoute}`,
  '/dashboard/learning',
  '/dashboard/learning/generations/1',
  '/dashboard/learning/review',
  '/dashboard/models',
  '/dashboard/access',
  '/dashboard/access/config',
  `/dashboard/access/config/versions/${HASH}`,
  '/dashboard/try',
]

describe.skipIf(!hasChromium)('text of the database', () => {
  let rig: DeskRig
  let marked: string[]
  let secret: string
  const shown = new Map<string, string>()

  beforeAll(async () => {
    rig = await createDeskRig({
      training: exampleTraining(),
      seed: { decisions: 200 },
      prepare: async (site) => {
        const made = await site.run([
          'keys',
          'create',
          '--name',
          'desk',
          '--role',
          'admin',
          '--json',
        ])
        secret = JSON.parse(made.stdout).key
        const exemplars = readFileSync(join(site.indexDir, 'g000001/exemplars.jsonl'), 'utf8')
        const first = exemplars.split('\n').find((line) => line.includes('"code"')) ?? ''
        const exemplarId = JSON.parse(first).id
        marked = await writeHostileRows(site, { decisionId: DECISION, exemplarId })
      },
    })
  })

  afterAll(async () => {
    await rig?.close()
  })

  const look = async (page: Page, path: string): Promise<void> => {
    await page.goto(rig.server.url + path, { waitUntil: 'load' })
    expect(await page.evaluate('globalThis.pwned')).toBeUndefined()
    expect(await page.locator('main img[src=x], main script, main b').count()).toBe(0)
    expectNoErrors(page)
    const values = "[...document.querySelectorAll('textarea, input')].map((field) => field.value)"
    const text = await page.evaluate('document.querySelector("main").textContent')
    shown.set(path, [text, ...((await page.evaluate(values)) as string[])].join('\n'))
  }

  it('is never obeyed, on any page', async () => {
    const page = await rig.open('/dashboard')
    await page.fill('input[name=key]', secret)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.waitForSelector('text="Sign out"')
    for (const path of pathsOf('code')) await look(page, path)
    await page.close()
  })

  it('is shown as it stands where it shall be, and nowhere else', () => {
    const all = [...shown.values()].join('\n')
    expect(marked.filter((name) => all.includes(markup(name))).sort()).toEqual(SHOWN)
    expect(shown.get(`/dashboard/access/config/versions/${HASH}`)).toContain(IN_CONFIG)
  })

  it('has no column that nobody has thought of', async () => {
    const tables = await schemaTables()
    const derived = tables.filter((table) => getTableName(table).startsWith('usage_'))
    const names = tables
      .filter((table) => !derived.includes(table))
      .flatMap((table) => textColumns(table).map(({ name }) => name))
    expect(names.filter((name) => !marked.includes(name)).sort()).toEqual(UNMARKED)
  })
})
