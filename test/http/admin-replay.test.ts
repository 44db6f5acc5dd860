import { expect, it } from 'vitest'
import { RouterError } from '../../src/errors.ts'
import { replayReportSchema } from '../../src/http/endpoints/admin/replay-schemas.ts'
import type { ReplayRequest } from '../../src/training/replay/replay-request.ts'
import type { ReplayReport } from '../../src/training/reports/gate-report.ts'
import { describeHttp } from '../support/http-matrix.ts'

const counts = { rows: 3, fixes: 2, breaks: 0, pValue: 0.5 }

const report: ReplayReport = {
  ...{ generation: 41, replayed: 90, skipped: { pinned: 2 }, withoutText: 4, sinceMs: null },
  ...{ changed: 3, changedShare: 3 / 90, voted: counts, heldOut: { ...counts, rows: 1, fixes: 1 } },
  moves: [{ from: 'code', to: 'math', decisions: 3 }],
  hubs: [{ exemplarId: 'ex_1', route: 'code', share: 0.1 }],
  examples: [{ decisionId: 'd1', from: 'code', to: 'math', text: null }],
  durationMs: 12,
}

describeHttp('POST /admin/replay', (http) => {
  it('passes on what is asked for, and answers with the report in snake case', async () => {
    const asked: ReplayRequest[] = []
    const { deps, post } = await http.start()
    deps.admin.replay = async (request) => {
      asked.push(request)
      return report
    }
    const answer = await post('/admin/replay', { generation: 41, since_days: 7, limit: 90 })
    expect(answer.status).toBe(200)
    const json = replayReportSchema.parse(await answer.json())
    expect(json).toMatchObject({
      ...{ object: 'replay', generation: 41, changed: 3, without_text: 4 },
      held_out: { rows: 1, fixes: 1, breaks: 0, p_value: 0.5 },
      hubs: [{ exemplar_id: 'ex_1', route: 'code', share: 0.1 }],
    })
    const sinceMs = deps.now() - 7 * 86_400_000
    expect(asked).toEqual([{ generation: 41, sinceMs, limit: 90 }])
    await post('/admin/replay', {})
    expect(asked[1]).toEqual({})
  })

  it('refuses an unknown field, and a second replay while one runs', async () => {
    const { deps, post } = await http.start()
    const typo = await post('/admin/replay', { since: '7d' })
    expect(typo.status).toBe(400)
    deps.admin.replay = async () => {
      throw new RouterError('build_in_progress', 'Another replay is running; wait for its end.')
    }
    const second = await post('/admin/replay', {})
    expect(second.status).toBe(409)
    expect(await second.json()).toMatchObject({ error: { code: 'build_in_progress' } })
  })
})
