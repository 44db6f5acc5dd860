import { expect, it } from 'vitest'
import type { z } from 'zod'
import { RouterError } from '../../src/errors.ts'
import {
  generationListSchema,
  generationSchema,
  historySchema,
  movedSchema,
  rebuildStateSchema,
  startedRebuildSchema,
} from '../../src/http/endpoints/admin/generation-schemas.ts'
import type { DescribedGeneration } from '../../src/training/generations/listed-generation.ts'
import { gateReport } from '../support/gate-reports.ts'
import { describeHttp } from '../support/http-matrix.ts'
import { rebuildReport } from '../support/rebuild-report.ts'

const AT = Date.UTC(2026, 0, 2, 3, 4, 5)

const described: DescribedGeneration = {
  generation: 2,
  status: 'refused',
  canaryShare: null,
  createdAtMs: AT,
  parent: 1,
  exemplars: 22,
  fromFeedback: 1,
  routes: { code: 22 },
  search: 'exact',
  recallAt10: 1,
  encoderId: 'hash/2',
  heldOut: { rows: 3, accuracy: 1 },
  outcome: 'refused',
  trigger: 'api',
  author: 'key-1',
  gate: { passed: false, against: 1, failed: ['Right on 60.0 %.'] },
  problem: null,
  report: {
    format: 1,
    generation: 2,
    parent: 1,
    trigger: 'api',
    author: 'key-1',
    createdAtMs: AT,
    outcome: 'refused',
    reason: 'The gate refused it: accuracy.',
    digest: 'abc',
    gate: gateReport(false),
    counts: { accepted: 1, queued: 0, rejected: 1, quarantined: 1, confirmed: 0 },
    accepted: [
      { exemplarId: 'fb_1', route: 'code', text: null, decisionIds: ['d1'], reason: 'Voted.' },
    ],
    queued: [],
    rejected: [{ decisionId: 'd2', reason: 'No route.' }],
    quarantined: [{ exemplarId: 'ex_3', route: 'code', reason: 'Harm.' }],
  },
  history: [
    {
      atMs: AT,
      action: 'refused',
      generation: 2,
      from: 1,
      author: 'key-1',
      reason: 'The gate refused it: accuracy.',
      forced: false,
    },
  ],
}

const read = async <T>(schema: z.ZodType<T>, response: Response | Promise<Response>): Promise<T> =>
  schema.parse(await (await response).json())

describeHttp('/admin/generations', (http) => {
  it('lists them, and shows one with its report and its history', async () => {
    const { request, deps } = await http.start()
    deps.admin.generations.list = async () => {
      const { report: _report, history: _history, ...listed } = described
      return { current: 1, generations: [listed] }
    }
    deps.admin.generations.get = async () => described
    const list = await read(generationListSchema, request('/admin/generations'))
    expect(list).toMatchObject({
      current: 1,
      data: [{ generation: 2, status: 'refused', gate: { failed: ['Right on 60.0 %.'] } }],
    })
    const one = await read(generationSchema, request('/admin/generations/g000002'))
    expect(one).toMatchObject({
      created_at: '2026-01-02T03:04:05.000Z',
      report: {
        gate: { passed: false, checks: [{ name: 'accuracy', verdict: 'failed' }, {}] },
        accepted: [{ exemplar_id: 'fb_1', decision_ids: ['d1'] }],
        rejected: [{ decision_id: 'd2' }],
      },
      history: [{ action: 'refused', at: '2026-01-02T03:04:05.000Z' }],
    })
    expect((await request('/admin/generations/newest')).status).toBe(404)
  })

  it('tells a figure that is no number as null', async () => {
    const { request, deps } = await http.start()
    const checks = gateReport(true).checks.map((check) => ({
      ...check,
      figures: { ratio: Number.NaN },
    }))
    const report = described.report && { ...described.report, gate: gateReport(true, { checks }) }
    deps.admin.generations.get = async () => ({ ...described, report })
    const one = await read(generationSchema, request('/admin/generations/2'))
    expect(one.report?.gate?.checks[0]?.figures).toEqual({ ratio: null })
  })

  it('promotes, as whom, why and against the gate or not', async () => {
    const { post, deps } = await http.start()
    const asked: unknown[] = []
    deps.admin.generations.promote = async (generation, options) => {
      asked.push([generation, options])
      return { from: 1, to: generation, forced: options.force ?? false }
    }
    const body = { force: true, reason: 'The held-out prompts are wrong.' }
    const moved = await read(movedSchema, post('/admin/generations/2/promote', body))
    expect(moved).toEqual({ object: 'generation.move', from: 1, to: 2, forced: true })
    expect(asked).toEqual([[2, { ...body, author: 'local' }]])
    await read(movedSchema, post('/admin/generations/3/promote', ''))
    expect(asked[1]).toEqual([3, { force: false, reason: null, author: 'local' }])
  })

  it('answers 409 with the reasons where the gate refused it', async () => {
    const { post, deps } = await http.start()
    deps.admin.generations.promote = async () => {
      throw new RouterError('gate_refused', 'The gate refused generation 2. Right on 60.0 %.')
    }
    const response = await post('/admin/generations/2/promote', {})
    expect(response.status).toBe(409)
    expect(await response.json()).toMatchObject({
      error: { code: 'gate_refused', message: expect.stringContaining('Right on 60.0 %') },
    })
  })

  it('rolls back, to the one before or to one that is named', async () => {
    const { post, deps } = await http.start()
    const asked: unknown[] = []
    deps.admin.generations.rollBack = async (options) => {
      asked.push(options)
      return { from: 3, to: options.to ?? 2, forced: false }
    }
    await read(movedSchema, post('/admin/generations/rollback', ''))
    await read(movedSchema, post('/admin/generations/rollback', { to: 1, reason: 'Complaints.' }))
    expect(asked).toEqual([
      { to: null, reason: null, author: 'local' },
      { to: 1, reason: 'Complaints.', author: 'local' },
    ])
    expect((await post('/admin/generations/rollback', { to: 'one' })).status).toBe(400)
    expect((await post('/admin/generations/rollback', { two: 1 })).status).toBe(400)
  })
})

describeHttp('/admin/history', (http) => {
  it('tells what was done, the newest first', async () => {
    const { request, deps } = await http.start()
    const [event] = described.history
    if (!event) throw new Error('The fixture has an event.')
    deps.admin.generations.history = async () => [
      event,
      { ...event, action: 'promoted', forced: true },
    ]
    const { data } = await read(historySchema, request('/admin/history'))
    expect(data.map(({ action, forced }) => [action, forced])).toEqual([
      ['promoted', true],
      ['refused', false],
    ])
  })
})

describeHttp('/admin/rebuild', (http) => {
  it('begins in the background, and says as whom', async () => {
    const { post, deps } = await http.start()
    const asked: unknown[] = []
    deps.admin.generations.rebuild = async (wish) => {
      asked.push(wish)
      return { id: 'r1' }
    }
    const response = await post('/admin/rebuild', { promote: 'never' })
    expect(response.status).toBe(202)
    expect(await read(startedRebuildSchema, response)).toMatchObject({ id: 'r1' })
    expect(asked).toEqual([{ author: 'local', trigger: 'api', promote: 'never' }])
    expect((await post('/admin/rebuild', { promote: 'perhaps' })).status).toBe(400)
  })

  it('answers 409 while one runs', async () => {
    const { post, deps } = await http.start()
    deps.admin.generations.rebuild = async () => {
      throw new RouterError('build_in_progress', 'Rebuild r1 (schedule) is running.')
    }
    expect((await post('/admin/rebuild', '')).status).toBe(409)
  })

  it('tells how far it is, and what the last one found', async () => {
    const { request, deps } = await http.start()
    const asked = { id: 'r1', trigger: 'api' as const, author: 'local', startedAtMs: AT }
    const state = () => read(rebuildStateSchema, request('/admin/rebuild'))
    expect(await state()).toEqual({ object: 'rebuild', state: 'idle', running: null, last: null })
    deps.admin.generations.rebuildState = () => ({
      running: { ...asked, stage: 'fit', done: 0, total: 1 },
      last: null,
    })
    expect(await state()).toMatchObject({ state: 'running', running: { stage: 'fit' } })
    const finished = { ...asked, finishedAtMs: AT + 1_000 }
    const report = rebuildReport()
    deps.admin.generations.rebuildState = () => ({
      running: null,
      last: { ...finished, report, error: null },
    })
    expect(await state()).toMatchObject({
      state: 'idle',
      last: { report: { outcome: 'promoted', counts: { accepted: 1, rejected: 1 } } },
    })
    const error = { code: 'internal' as const, message: 'The build process ended.' }
    deps.admin.generations.rebuildState = () => ({
      running: null,
      last: { ...finished, report: null, error },
    })
    expect(await state()).toMatchObject({ last: { report: null, error } })
  })
})
