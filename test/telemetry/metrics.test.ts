import { beforeEach, describe, expect, it } from 'vitest'
import type { Completion } from '../../src/core/types.ts'
import { createMetrics, type Metrics } from '../../src/telemetry/metrics.ts'
import { fakeAttempt, fakeDecision } from '../support/http-fakes.ts'

const completion: Completion = {
  outcome: 'served',
  model: 'small',
  attempts: [
    fakeAttempt({ model: 'large', errorCode: 'upstream_error', durationMs: 40 }),
    fakeAttempt({ model: 'small', durationMs: 200 }),
  ],
  usage: { promptTokens: 7, completionTokens: 11, isEstimated: false },
  costUsd: 0.5,
  firstTokenMs: 90,
  totalMs: 300,
}

const stats = { queuedDecisions: 3, droppedDecisions: 1, lastError: null as string | null }
let generation: number | null = null
let metrics: Metrics

beforeEach(() => {
  metrics = createMetrics({
    routes: ['code'],
    models: ['small', 'large'],
    storeStats: () => stats,
    storeIsLost: () => true,
    indexGeneration: () => generation,
    encoderStats: () => ({ waiting: 2, restarts: 1 }),
  })
})

describe('metrics', () => {
  it('count decisions by route and reason, and time their stages', async () => {
    metrics.onDecision(fakeDecision())
    metrics.onDecision(fakeDecision({ reason: 'degraded', degradedBy: 'encoder_timeout' }))
    const text = await metrics.text()
    expect(text).toContain('signalbox_decisions_total{route="code",reason="matched"} 1')
    expect(text).toContain('signalbox_decisions_total{route="code",reason="degraded"} 1')
    expect(text).toContain('signalbox_degraded_total{code="encoder_timeout"} 1')
    expect(text).toContain('signalbox_decision_stage_seconds_count{stage="embed"} 2')
    expect(text).toContain('signalbox_decision_stage_seconds_sum{stage="embed"} 0.004')
  })

  it('count the model that was chosen by its policy, and how sure the route is', async () => {
    metrics.onDecision(fakeDecision({ model: 'large' }))
    const selection = { policy: 'weighted', candidates: [] } as never
    metrics.onDecision(fakeDecision({ model: 'small', selection, confidence: null }))
    const text = await metrics.text()
    const choice = 'signalbox_model_choices_total{route="code",'
    expect(text).toContain(`${choice}model="large",policy="configured"} 1`)
    expect(text).toContain(`${choice}model="small",policy="weighted"} 1`)
    expect(text).toContain('signalbox_decision_confidence_count{route="code"} 1')
  })

  it('count as goodput what was routed and answered whole by the model that was decided', async () => {
    const good = fakeDecision({ model: 'small' })
    metrics.onCompletion(good, completion)
    metrics.onCompletion(good, { ...completion, flaw: 'truncated' })
    metrics.onCompletion(good, { ...completion, outcome: 'interrupted' })
    metrics.onCompletion(fakeDecision({ model: 'large' }), completion)
    metrics.onCompletion(fakeDecision({ model: 'small', reason: 'degraded' }), completion)
    expect(await metrics.text()).toContain('signalbox_good_answers_total{route="code"} 1')
  })

  it('have as many series after 60,000 users, sessions and models as after one', async () => {
    const see = (n: number): void => {
      const decision = fakeDecision({
        requestedModel: `gpt-${n}`,
        model: `m-${n}`,
        route: `r-${n}`,
        sessionId: `s-${n}`,
        userDigest: `${n}`,
        principal: `key-${n}`,
      })
      metrics.onDecision(decision)
      metrics.onCompletion(decision, { ...completion, model: `m-${n}` })
    }
    const lines = async () => (await metrics.text()).split('\n').length
    see(0)
    const before = await lines()
    for (let n = 1; n <= 60_000; n += 1) see(n)
    expect(await lines()).toBe(before)
  })

  it('leave out the stages that a decision skipped', async () => {
    metrics.onDecision(fakeDecision({ timings: { totalMs: 1 } }))
    const text = await metrics.text()
    expect(text).toContain('stage_seconds_count{stage="total"} 1')
    expect(text).not.toContain('stage="embed"')
  })

  it('count what an answer took: attempts, tokens, cost, first token', async () => {
    metrics.onCompletion(fakeDecision(), completion)
    const text = await metrics.text()
    expect(text).toContain('signalbox_upstream_seconds_sum{model="large",outcome="failed"} 0.04')
    expect(text).toContain('signalbox_upstream_seconds_sum{model="small",outcome="served"} 0.2')
    expect(text).toContain('signalbox_first_token_seconds_sum{model="small"} 0.09')
    expect(text).toContain('signalbox_tokens_total{model="small",kind="prompt"} 7')
    expect(text).toContain('signalbox_tokens_total{model="small",kind="completion"} 11')
    expect(text).toContain('signalbox_cost_usd_total{model="small"} 0.5')
  })

  it('count calls, errors by code, and the answer of a stand-in', async () => {
    metrics.onCompletion(fakeDecision({ model: 'large' }), completion)
    const text = await metrics.text()
    expect(text).toContain('signalbox_answers_total{route="code",outcome="served"} 1')
    expect(text).toContain('signalbox_attempts_total{model="large"} 1')
    expect(text).toContain('signalbox_attempt_errors_total{model="large",code="upstream_error"} 1')
    expect(text).toContain('signalbox_fallbacks_total{route="code",model="small"} 1')
    expect(text).toContain('signalbox_answer_seconds_sum{model="small"} 0.3')
    expect(text).not.toContain('signalbox_retries_total{')
  })

  it('count a second call to the same model as a retry, and no fallback', async () => {
    const attempts = [
      fakeAttempt({ model: 'small', errorCode: 'upstream_error' }),
      fakeAttempt({ model: 'small' }),
    ]
    metrics.onCompletion(fakeDecision({ model: 'small' }), { ...completion, attempts })
    const text = await metrics.text()
    expect(text).toContain('signalbox_retries_total{model="small"} 1')
    expect(text).not.toContain('signalbox_fallbacks_total{')
  })

  it('count an unknown cost by itself, never as 0', async () => {
    metrics.onCompletion(fakeDecision(), { ...completion, costUsd: null })
    metrics.onCompletion(fakeDecision(), { ...completion, usage: null, costUsd: null })
    const text = await metrics.text()
    expect(text).toContain('signalbox_cost_unknown_total{model="small"} 2')
    expect(text).not.toContain('signalbox_cost_usd_total{')
  })

  it('measure no model by an answer out of the cache', async () => {
    const cached = { attempts: [], costUsd: 0, cache: 'exact' as const }
    metrics.onCompletion(fakeDecision(), { ...completion, ...cached })
    metrics.onCache('hit', 'code')
    const text = await metrics.text()
    expect(text).toContain('signalbox_answers_total{route="code",outcome="served"} 1')
    expect(text).toContain('signalbox_cache_total{route="code",status="hit"} 1')
    expect(text).not.toContain('model="')
  })

  it('leave out what is not known of a failed request', async () => {
    const nothing = { attempts: [], usage: null, costUsd: null, firstTokenMs: null }
    metrics.onCompletion(fakeDecision(), { ...completion, ...nothing, outcome: 'failed' })
    expect(await metrics.text()).not.toContain('model="')
  })

  it('count embeddings, the local encoder as a model of its own', async () => {
    const served = { outcome: 'served' as const, durationMs: 20, tokens: 9 }
    metrics.onEmbedding({ ...served, model: null })
    metrics.onEmbedding({ ...served, model: 'nobody', outcome: 'failed', tokens: 0 })
    const text = await metrics.text()
    expect(text).toContain('signalbox_embedding_seconds_sum{model="local",outcome="served"} 0.02')
    expect(text).toContain('signalbox_embedded_tokens_total{model="local"} 9')
    expect(text).toContain('embedding_seconds_count{model="other",outcome="failed"} 1')
  })

  it('count the models that constraints left out', async () => {
    const skipped = [{ model: 'small', constraint: 'vision', message: 'lacks vision' }]
    metrics.onDecision(fakeDecision({ skipped }))
    expect(await metrics.text()).toContain(
      'signalbox_skipped_models_total{model="small",constraint="vision"} 1',
    )
  })

  it('count answers from the cache, but not again what they took', async () => {
    metrics.onCache('hit', 'code')
    metrics.onCache('miss', 'not configured')
    metrics.onCompletion(fakeDecision(), {
      ...completion,
      attempts: [],
      costUsd: 0,
      cache: 'exact',
    })
    const text = await metrics.text()
    expect(text).toContain('signalbox_cache_total{route="code",status="hit"} 1')
    expect(text).toContain('signalbox_cache_total{route="other",status="miss"} 1')
    expect(text).not.toContain('signalbox_tokens_total{')
  })

  it('count requests by pattern and status', async () => {
    const facts = {
      method: 'POST',
      path: '/v1/route',
      status: 200,
      errorCode: null,
      durationMs: 20,
      overheadMs: 3,
    }
    metrics.onRequest(facts)
    metrics.onRequest({ ...facts, status: 404, errorCode: 'model_not_found', overheadMs: null })
    const text = await metrics.text()
    expect(text).toContain(
      'signalbox_request_seconds_sum{method="POST",path="/v1/route",status="200"} 0.02',
    )
    expect(text).toContain('signalbox_overhead_seconds_count 1')
    expect(text).toContain('signalbox_errors_total{path="/v1/route",code="model_not_found"} 1')
  })

  it('read their gauges when scraped', async () => {
    expect(await metrics.text()).toContain('signalbox_index_generation 0')
    generation = 42
    stats.lastError = 'disk full'
    const text = await metrics.text()
    expect(text).toContain('signalbox_index_generation 42')
    expect(text).toContain('signalbox_store_queued_decisions 3')
    expect(text).toContain('signalbox_store_dropped_decisions_total 1')
    expect(text).toContain('signalbox_store_writable 0')
    expect(text).toContain('signalbox_store_lost 1')
    expect(text).toContain('signalbox_encoder_waiting 2')
    expect(text).toContain('signalbox_encoder_events_total{event="restarts"} 1')
    generation = null
    stats.lastError = null
  })

  it('do not grow with what callers send', async () => {
    for (let i = 0; i < 1_000; i++) {
      metrics.onDecision(fakeDecision({ route: `r${i}`, degradedBy: `e${i}` }))
      metrics.onCompletion(fakeDecision(), {
        ...completion,
        model: `m${i}`,
        attempts: [fakeAttempt({ model: `m${i}` })],
      })
      metrics.onRequest({
        method: `M${i}`,
        path: 'unmatched',
        status: 404,
        errorCode: `e${i}`,
        durationMs: 1,
        overheadMs: null,
      })
    }
    const lines = (await metrics.text()).split('\n').filter((line) => /"[rmeM]\d+"/.test(line))
    expect(lines).toEqual([])
    expect(await metrics.text()).toContain(
      'signalbox_decisions_total{route="other",reason="matched"} 1000',
    )
  })

  it('keep registries apart', async () => {
    metrics.onDecision(fakeDecision())
    const other = createMetrics({ routes: [], models: [] })
    expect(await other.text()).not.toContain('signalbox_decisions_total{')
    expect(await other.text()).toContain('process_cpu_seconds_total')
  })
})
