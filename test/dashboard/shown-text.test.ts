// Markup in what pages are told by other parts of the server than the database: generations, arms, the review queue, the check of
// the training data, health. It is shown as it stands.
import { describe, expect, it } from 'vitest'
import type { Admin } from '../../src/http/request/deps.ts'
import {
  type DescribedGeneration,
  describedGenerationSchema,
} from '../../src/training/generations/listed-generation.ts'
import type { Finding, LintReport } from '../../src/training/reports/lint-report.ts'
import type { ReviewItem } from '../../src/training/review/review-item.ts'
import { createDashboardApp } from './dashboard-app.ts'
import { markup } from './hostile-decision.ts'
import { hostileValue } from './hostile-value.ts'

/** As components escape text, and as drawings do. */
const escaped = (text: string): string =>
  text.replace(
    /[&<>"']/g,
    (char) => `&${{ '&': 'amp', '<': 'lt', '>': 'gt', '"': 'quot', "'": '#39' }[char]};`,
  )

/** Those of `names` of which the page holds the markup escaped; unescaped none of it may be there. */
const shownIn = (html: string, names: readonly string[]): string[] => {
  expect(html).not.toContain('<img src=x')
  expect(html).not.toContain('<svg/onload')
  return names.filter((name) => html.includes(escaped(markup(name))))
}

const EVENT = { atMs: 1, action: 'promoted', generation: 3, from: null, forced: true } as const

const generation = {
  ...(hostileValue(describedGenerationSchema, 'generation') as DescribedGeneration),
  ...{ generation: 3, status: 'refused' as const },
  history: [{ ...EVENT, author: markup('event author'), reason: markup('event reason') }],
}

/** Each text of the report by its place, as `hostileValue` names it. */
const textsIn = (value: unknown): string[] => {
  if (typeof value === 'string') return /\{\{(.+)\}\}$/.exec(value)?.slice(1, 2) ?? []
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, of]) => [...textsIn(key), ...textsIn(of)])
}

const arms: Awaited<ReturnType<Admin['arms']['describe']>> = {
  current: 2,
  shadow: {
    ...{ generation: 3, against: 2, startedAtMs: 1, problem: markup('shadow problem') },
    author: markup('shadow author'),
    summary: {
      ...{ decisions: 2, differing: 1 },
      moves: [{ from: markup('move from'), to: markup('move to'), decisions: 1 }],
      examples: [
        {
          ...{ decisionId: 'd1', route: markup('example route') },
          ...{ shadowRoute: markup('example shadow'), text: markup('example text') },
        },
      ],
    },
  },
  canary: null,
}

const WHY = { why: markup('why') }
const NEAREST = {
  ...{ exemplarId: 'e1', route: markup('near route'), similarity: 1, text: markup('near text') },
}

const ITEMS: ReviewItem[] = [
  {
    ...{ kind: 'decision', id: 'd_1', ...WHY, decisionId: 'd1', text: markup('text') },
    ...{ route: markup('route'), reason: markup('reason'), confidence: 0.5, standsFor: 1 },
    ...{ worth: 1, best: [{ route: markup('best'), score: 1 }], nearest: [NEAREST] },
  },
  {
    ...{ kind: 'candidate', id: 'c_1', ...WHY, exemplarId: markup('exemplar') },
    ...{ text: markup('text'), route: markup('route'), decisionIds: ['d1'] },
  },
  {
    ...{ kind: 'new_route', id: 'n_1', ...WHY, name: markup('name'), prompts: 1, purity: 1 },
    ...{ description: markup('description'), nearestRoute: markup('nearest route') },
    exemplars: [{ decisionId: 'd1', text: markup('its exemplar') }],
  },
]

const FINDING: Finding = {
  ...{ rule: 'thin-route', severity: 'error', route: markup('finding route'), figures: {} },
  ...{ message: markup('message'), where: [markup('where')], fix: markup('fix') },
  edits: [
    { action: 'move', route: markup('line route'), id: markup('id'), line: 1, to: markup('to') },
  ],
}

const REPORT: LintReport = {
  ...{ exemplars: 1, routes: 1, heldOut: 0, lowPrompts: 0, errors: 1, warnings: 0, notes: 0 },
  findings: [FINDING],
}

const created = async () => {
  const dashboard = await createDashboardApp()
  const { admin } = dashboard.deps
  Object.assign(admin.generations, {
    list: async () => ({ current: null, generations: [generation] }),
    get: async () => generation,
    history: async () => generation.history,
    rebuildState: () => ({
      running: null,
      last: {
        ...{ id: 'r', trigger: 'api', author: markup('rebuild author'), startedAtMs: 1 },
        ...{ finishedAtMs: 2, report: null },
        error: { code: 'internal_error', message: markup('rebuild error') },
      },
    }),
  })
  Object.assign(admin.arms, { describe: async () => arms })
  Object.assign(admin.review, {
    list: async () => ({ items: [...ITEMS], decisions: 3, generation: null }),
  })
  Object.assign(dashboard.deps.lint, {
    state: () => ({ isRunning: false, last: { report: REPORT, atMs: 1 }, problem: markup('lint') }),
  })
  dashboard.deps.readiness = () => ({
    isReady: false,
    checks: { [markup('check')]: { ok: false, detail: markup('detail') } },
  })
  const page = async (path: string): Promise<string> => (await dashboard.get(path)).text()
  return { ...dashboard, page }
}

describe('text that is not from the database', () => {
  it('is shown literally on the page of a generation', async () => {
    const { page } = await created()
    const texts = textsIn(generation)
    const shown = shownIn(await page('/dashboard/learning/generations/3'), texts)
    expect(shown).toEqual([
      ...['generation.author', 'generation.problem', 'generation.report.reason'],
      'generation.report.gate.checks.summary',
      ...['moves.from', 'moves.to', 'examples.from', 'examples.to', 'examples.text'].map(
        (name) => `generation.report.gate.replay.${name}`,
      ),
      ...['accepted', 'queued'].flatMap((list) =>
        ['route', 'text', 'reason'].map((name) => `generation.report.${list}.${name}`),
      ),
      ...['exemplarId', 'route', 'reason'].map((name) => `generation.report.quarantined.${name}`),
      ...['event author', 'event reason'],
    ])
  })

  it('is shown literally among the generations and arms', async () => {
    const { page } = await created()
    const texts = [...textsIn(generation), ...textsIn(arms), 'rebuild author', 'rebuild error']
    expect(shownIn(await page('/dashboard/learning'), texts)).toEqual([
      ...['generation.author', 'event author', 'event reason', 'shadow problem'],
      ...['move from', 'move to', 'example route', 'example shadow', 'example text'],
      'rebuild error',
    ])
  })

  it('is shown literally in each item of the review queue', async () => {
    const { page } = await created()
    await page('/dashboard/learning/review')
    const shown = []
    for (const { id } of ITEMS) {
      shown.push(
        shownIn(await page(`/dashboard/learning/review?item=${id}`), [...new Set(textsIn(ITEMS))]),
      )
    }
    expect(shown).toEqual([
      [...['why', 'text', 'route', 'reason', 'best', 'near route', 'near text'], 'name'],
      ['why', 'text', 'route', 'exemplar', 'name'],
      ['why', 'text', 'name', 'description', 'nearest route', 'its exemplar'],
    ])
  })

  it('is shown literally by the check of the training data, and by the health of the server', async () => {
    const { page } = await created()
    expect(
      shownIn(await page('/dashboard/routes/-/check'), textsIn([FINDING, markup('lint')])),
    ).toEqual([...['finding route', 'message', 'where', 'fix', 'line route', 'id', 'to', 'lint']])
    expect(shownIn(await page('/dashboard'), ['check', 'detail'])).toEqual(['check', 'detail'])
  })
})
