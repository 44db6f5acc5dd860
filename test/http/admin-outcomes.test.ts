import { expect, it } from 'vitest'
import type { ServedOutcome } from '../../src/core/records/model-outcome.ts'
import {
  importedOutcomesSchema,
  outcomeListSchema,
  totalsListSchema,
} from '../../src/http/endpoints/admin/outcome-schemas.ts'
import type { OutcomeQuery } from '../../src/store/store.ts'
import { describeHttp } from '../support/http-matrix.ts'

const outcomeOf = (n: number): ServedOutcome => ({
  ...{
    id: `0000000${n}-0000-7000-8000-000000000000`,
    createdAtMs: n,
    route: 'code',
    model: 'small',
  },
  ...{ outcome: 'served', errorCode: null, flaw: 'truncated', costUsd: 0.5, firstTokenMs: 10 },
  ...{ totalMs: 20, promptTokens: 3, completionTokens: 4, score: 0.5, weight: 1 },
  ...{ isRegenerated: true, text: 'secret', selection: null },
})

describeHttp('/admin/outcomes', (http) => {
  it('lists outcomes a page at a time, without their texts', async () => {
    const asked: OutcomeQuery[] = []
    const { deps, request } = await http.start()
    deps.admin.outcomes.list = async (query) => {
      asked.push(query)
      return [3, 2, 1].slice(0, query.limit).map(outcomeOf)
    }
    const answer = await request('/admin/outcomes?limit=2&route=code')
    expect(answer.status).toBe(200)
    const page = outcomeListSchema.parse(await answer.json())
    expect(page.data[0]).toMatchObject({ truncated: true, refused: false, regenerated: true })
    expect(page.next_cursor).toBe(outcomeOf(2).id)
    expect(JSON.stringify(page)).not.toContain('secret')
    expect(asked).toEqual([{ limit: 3, route: 'code' }])
  })

  it('sums them by route and model over the days asked for', async () => {
    const { deps, request } = await http.start()
    const since: number[] = []
    const totals = {
      ...{ route: 'code', model: 'small', requests: 2, served: 2, truncated: 0, refused: 0 },
      ...{
        regenerated: 1,
        scored: 1,
        score: 1,
        priced: 2,
        costUsd: 0.5,
        firstTokenMs: 1,
        totalMs: 2,
      },
    }
    deps.admin.outcomes.totals = async (sinceMs) => {
      since.push(sinceMs)
      return [totals]
    }
    const json = await (await request('/admin/outcomes/totals?days=2')).json()
    expect(totalsListSchema.parse(json).data[0]).toMatchObject({ requests: 2, cost_usd: 0.5 })
    expect(since).toEqual([deps.now() - 2 * 86_400_000])
  })

  it('imports rows, and names the one that is no outcome', async () => {
    const { deps, post } = await http.start()
    deps.admin.outcomes.importRows = async (rows) => {
      const counted = { rows: rows.length, added: rows.length, replaced: 0, priced: 0 }
      return { ...counted, models: ['a', 'b'] }
    }
    const row = { text: 'x', scores: { a: 1, b: 0 } }
    const answer = await post('/admin/outcomes', { rows: [row] })
    expect(importedOutcomesSchema.parse(await answer.json())).toMatchObject({ added: 1 })
    const bad = await post('/admin/outcomes', { rows: [{ text: 'x', scores: { a: 2, b: 0 } }] })
    expect(bad.status).toBe(400)
    expect(JSON.stringify(await bad.json())).toContain('rows')
  })
})
