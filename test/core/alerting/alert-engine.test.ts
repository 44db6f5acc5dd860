import { describe, expect, it } from 'vitest'
import { configSchema } from '../../../src/config/config-schema.ts'
import { ALERT_KINDS, type AlertChange, type AlertKind } from '../../../src/core/alerting/alert.ts'
import { createAlertEngine } from '../../../src/core/alerting/alert-engine.ts'
import { exampleConfig } from '../../support/training-folder.ts'
import { createClock, type Minute, startSample } from './made-samples.ts'

const START = startSample(1_800_000_000_000)

const rulesOf = (rules: object) => {
  const { providers, models, routes, default_route } = exampleConfig()
  const config = { providers, models, routes, default_route, alerts: { rules } }
  return configSchema.parse(config).alerts.rules
}

/** An outage of each kind, as every minute of it looks. */
const OUTAGES: Record<AlertKind, Minute> = {
  error_rate: { totals: { failed: 15, served: 15 } },
  fallback_rate: { totals: { fallbacks: 30 } },
  latency: { answerMs: 200_000 },
  first_token: { firstTokenMs: 50_000 },
  spend: { totals: { costUsd: 60 } },
  burn_rate: { totals: { costUsd: 25 } },
  unpriced: { totals: { unpriced: 30 } },
  breaker_open: { state: { breakersOpen: ['small'] } },
  targets_down: { state: { routesDown: ['code'] } },
  fail_open: { totals: { degraded: 30 } },
  abstention: { state: { quality: [{ kind: 'abstention', subject: '', summary: 'a' }] } },
  novelty: { state: { quality: [{ kind: 'novelty', subject: '', summary: 'a' }] } },
  confidence_drift: {
    state: { quality: [{ kind: 'confidence_drift', subject: '', summary: 'a' }] },
  },
  prompt_drift: { state: { quality: [{ kind: 'prompt_drift', subject: '', summary: 'a' }] } },
  route_drift: { state: { quality: [{ kind: 'route_drift', subject: 'code', summary: 'a' }] } },
  entropy_drop: { state: { quality: [{ kind: 'entropy_drop', subject: '', summary: 'a' }] } },
  bad_votes: { state: { badVotes: [{ route: 'code', summary: 'a' }] } },
  gate_refused: { state: { gateRefused: [7] } },
  canary_rolled_back: { state: { canariesRolledBack: [7] } },
  generation_refused: { state: { generationProblem: 'Generation 7 is damaged.' } },
  config_refused: { state: { configProblem: 'server.prot: unknown key' } },
  encoder_restarts: { totals: { encoderRestarts: 3 } },
  queue_drops: { totals: { dropped: 2 } },
  disk: { state: { diskFreeBytes: 1_000 } },
}

/** What is not looked at by default. */
const SETTINGS: Partial<Record<AlertKind, object>> = {
  spend: { spend: { above_usd: 50 } },
  burn_rate: { burn_rate: { budget_usd: 1_000 } },
}
const OUTAGE_MINUTES = 4
const WINDOW_MINUTES = 1_500

/** An ordinary hour, an outage of four minutes, and more than the day of the longest window after it. */
const simulate = (kind: AlertKind, rules: object = SETTINGS[kind] ?? {}): AlertChange[] => {
  const parsed = rulesOf(rules)
  const engine = createAlertEngine({ rules: () => parsed, start: START })
  const next = createClock(START)
  const changes: AlertChange[] = []
  for (let n = 0; n < 60; n++) changes.push(...engine.take(next()))
  expect(changes).toEqual([])
  changes.push(...engine.take(next(OUTAGES[kind])))
  expect(changes, 'within one evaluation').toMatchObject([{ kind, state: 'firing' }])
  for (let n = 1; n < OUTAGE_MINUTES; n++) changes.push(...engine.take(next(OUTAGES[kind])))
  for (let n = 0; n < WINDOW_MINUTES; n++) changes.push(...engine.take(next()))
  expect(engine.firing()).toEqual([])
  return changes
}

describe('an outage', () => {
  it.each(ALERT_KINDS)(
    'of kind %s fires within one evaluation, once, and resolves once',
    (kind) => {
      const own = simulate(kind).filter((change) => change.kind === kind)
      expect(own.map(({ state }) => state)).toEqual(['firing', 'resolved'])
      expect(own[1]?.sinceMs).toBe(own[0]?.atMs)
      expect(own[0]?.summary).toMatch(/\w/)
    },
  )

  it.each(ALERT_KINDS)('of kind %s is not told of where its rule is off', (kind) => {
    const engine = createAlertEngine({
      rules: () => rulesOf({ [kind]: { off: true } }),
      start: START,
    })
    const next = createClock(START)
    for (let n = 0; n < 5; n++) engine.take(next(OUTAGES[kind]))
    expect(engine.firing().map((one) => one.kind)).not.toContain(kind)
  })
})

it('says nothing of too few requests, nor of a budget that nobody set', () => {
  const engine = createAlertEngine({ rules: () => rulesOf({}), start: START })
  const next = createClock(START)
  const few = { answers: 3, failed: 3, served: 0, decisions: 3, degraded: 3 }
  expect(engine.take(next({ totals: { ...few, costUsd: 1e6 } }))).toEqual([])
})

it('keeps an alert whose value hovers below its limit, and begins none there', () => {
  const engine = createAlertEngine({
    rules: () => rulesOf({ error_rate: { window_minutes: 1 } }),
    start: START,
  })
  const next = createClock(START)
  const failed = (count: number) => ({ totals: { answers: 1_000, failed: count } })
  expect(engine.take(next(failed(45)))).toEqual([])
  expect(engine.take(next(failed(60)))).toHaveLength(1)
  for (let n = 0; n < 10; n++) expect(engine.take(next(failed(45)))).toEqual([])
  expect(engine.take(next(failed(30)))).toEqual([])
  expect(engine.take(next(failed(30)))).toMatchObject([{ state: 'resolved' }])
})

it('goes on with what fired when the process ended', () => {
  const summary = 'The breaker of small is open.'
  const fired = { kind: 'breaker_open', subject: 'small', severity: 'warning', summary } as const
  const restored = [{ ...fired, state: 'firing' as const, atMs: 5, sinceMs: 5 }]
  const engine = createAlertEngine({ rules: () => rulesOf({}), start: START, restored })
  const next = createClock(START)
  expect(engine.take(next(OUTAGES.breaker_open))).toEqual([])
  engine.take(next())
  expect(engine.take(next())).toMatchObject([{ state: 'resolved', sinceMs: 5 }])
})
