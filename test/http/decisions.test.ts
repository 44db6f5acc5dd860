import { expect, it } from 'vitest'
import type { StoredDecision } from '../../src/core/records/stored-decision.ts'
import { decisionListSchema, receiptSchema } from '../../src/http/endpoints/decision-schemas.ts'
import { errorSchema } from '../../src/http/openapi/error-schemas.ts'
import { fakeAttempt, fakeDecision } from '../support/http-fakes.ts'
import { describeHttp, type HttpKind } from '../support/http-matrix.ts'

const CURSOR = '0198c0de-0000-7000-8000-000000000001'
const served: StoredDecision = {
  ...fakeDecision({ sessionId: 's-1' }),
  outcome: 'served',
  completion: {
    outcome: 'served',
    model: 'small',
    attempts: [
      fakeAttempt({ status: null, errorCode: 'upstream_timeout', durationMs: 1_000 }),
      fakeAttempt({ model: 'small', durationMs: 200 }),
    ],
    usage: { promptTokens: 10, completionTokens: 20, isEstimated: true },
    costUsd: 0.0003,
    firstTokenMs: 1_250,
    totalMs: 1_400,
  },
}
const pending: StoredDecision = {
  ...fakeDecision({ id: 'pending-1', embedding: null }),
  outcome: 'pending',
  completion: null,
}

const start = async (http: HttpKind) => {
  const app = await http.start()
  app.deps.store.decisions = [served, pending]
  return app
}

describeHttp('decisions', (http) => {
  it('shows one receipt with what became of it', async () => {
    const { request } = await start(http)
    const response = await request(`/v1/decisions/${served.id}`)
    expect(response.status).toBe(200)
    const receipt = receiptSchema.parse(await response.json())
    expect(receipt).toMatchObject({
      id: served.id,
      outcome: 'served',
      served_model: 'small',
      session_id: 's-1',
      requested_model: 'auto',
      usage: { prompt_tokens: 10, completion_tokens: 20, is_estimated: true },
      cost_usd: 0.0003,
      first_token_ms: 1_250,
      total_ms: 1_400,
    })
    expect(receipt.attempts.map(({ error_code }) => error_code)).toEqual(['upstream_timeout', null])
    expect(receipt.neighbours[0]?.text).toBe('Debug this')
    expect(receipt).not.toHaveProperty('embedding')
  })

  it('adds the embedding as base64 of float32 where asked', async () => {
    const { request } = await start(http)
    const receipt = receiptSchema.parse(
      await (await request(`/v1/decisions/${served.id}?embedding=1`)).json(),
    )
    const bytes = Buffer.from(receipt.embedding ?? '', 'base64')
    expect([bytes.readFloatLE(0), bytes.readFloatLE(4)]).toEqual([...Float32Array.of(0.6, 0.8)])
    const without = await (await request('/v1/decisions/pending-1?embedding=1')).json()
    expect(receiptSchema.parse(without)).toMatchObject({
      embedding: null,
      usage: null,
      attempts: [],
    })
  })

  it('lists a page without neighbours and passes filters on', async () => {
    const { request, deps } = await start(http)
    const all = decisionListSchema.parse(await (await request('/v1/decisions')).json())
    expect(all.data.map(({ id }) => id)).toEqual([served.id, 'pending-1'])
    expect(all.next_cursor).toBeNull()
    const query = `limit=1&before=${CURSOR}&route=code&reason=matched&outcome=served`
    const page = decisionListSchema.parse(await (await request(`/v1/decisions?${query}`)).json())
    expect(page.next_cursor).toBe(served.id)
    expect(deps.store.queries).toEqual([
      { limit: 50 },
      { limit: 1, before: CURSOR, route: 'code', reason: 'matched', outcome: 'served' },
    ])
  })

  it.each([
    'limit=0',
    'limit=201',
    'limit=1.5',
    'limit=x',
    'limit=',
    'reason=because',
    'outcome=1%3D1',
    'sort=id',
    `before=${'x'.repeat(65)}`,
    'before=',
    'before=z',
    'before=0198c0de-0000-7000-8000-00000000000g',
    'before=%00',
  ])('refuses ?%s', async (query) => {
    const { request, deps } = await start(http)
    const response = await request(`/v1/decisions?${query}`)
    expect(response.status).toBe(400)
    expect(errorSchema.parse(await response.json()).error.code).toBe('invalid_request')
    expect(deps.store.queries).toEqual([])
  })

  it('answers 404 for an id that is not stored and 503 where the store is down', async () => {
    const { request, deps } = await start(http)
    const missing = await request("/v1/decisions/'%20OR%201=1")
    expect(missing.status).toBe(404)
    expect(errorSchema.parse(await missing.json()).error.code).toBe('decision_not_found')
    deps.store.isFull = true
    expect((await request('/v1/decisions')).status).toBe(503)
    expect((await request(`/v1/decisions/${served.id}`)).status).toBe(503)
  })
})
