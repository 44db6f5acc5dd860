import { expect, it } from 'vitest'
import { notify } from '../../src/alerts/notify.ts'
import { payloadsOf, type TargetKind } from '../../src/alerts/payloads.ts'
import { configSchema } from '../../src/config/config-schema.ts'
import type { AlertChange } from '../../src/core/alerting/alert.ts'
import type { Fetch } from '../../src/upstream/egress/fetch-port.ts'
import { exampleConfig } from '../support/training-folder.ts'

const CHANGE: AlertChange = {
  kind: 'breaker_open',
  subject: 'small',
  severity: 'warning',
  state: 'firing',
  summary: 'The breaker of small is open.',
  atMs: 1_800_000_000_000,
  sinceMs: 1_800_000_000_000,
}
const OVER: AlertChange = { ...CHANGE, state: 'resolved', atMs: CHANGE.atMs + 60_000 }
const SECRET = 'https://hooks.test/services/canary-5512'

interface Posted {
  url: string
  body: Record<string, unknown>
}

/** Answers with these statuses in turn, the last one for good; 0 is a dead network. */
const network = (...statuses: number[]) => {
  const posted: Posted[] = []
  const waits: number[] = []
  const fetch: Fetch = async (url, { body }) => {
    posted.push({ url, body: JSON.parse(String(body)) })
    const status = statuses.length > 1 ? statuses.shift() : statuses[0]
    if (!status) throw Object.assign(new Error(`cannot reach ${url}`), { code: 'ECONNREFUSED' })
    return { status, ok: status < 300, headers: { get: () => null }, body: null }
  }
  const wait = async (ms: number): Promise<void> => void waits.push(ms)
  return { posted, waits, options: { fetchFor: () => fetch, wait } }
}

const targetsOf = (targets: object) => {
  const { providers, models, routes, default_route } = exampleConfig()
  const config = { providers, models, routes, default_route, alerts: { targets } }
  return configSchema.parse(config).alerts.targets
}

const one = (kind: TargetKind, rest: object = {}) =>
  targetsOf({ ops: { kind, url_env: 'HOOK', ...rest } })

const ENV = { HOOK: SECRET, ROUTING: 'routing-key' }
const base = { env: ENV, changes: [CHANGE], atMs: CHANGE.atMs }

it.each<[TargetKind, object]>([
  ['webhook', { alerts: [{ kind: 'breaker_open', state: 'firing', subject: 'small' }] }],
  ['slack', { text: expect.stringContaining('WARNING breaker_open small: The breaker') }],
  ['teams', { type: 'message', attachments: [{ content: { type: 'AdaptiveCard' } }] }],
  ['pagerduty', { routing_key: 'routing-key', event_action: 'trigger' }],
])('tells %s in its own form', async (kind, body) => {
  const { posted, options } = network(202)
  const sent = await notify({ ...base, ...options, targets: one(kind, { key_env: 'ROUTING' }) })
  expect(sent).toEqual({ ops: { ok: true } })
  expect(posted).toMatchObject([{ url: SECRET, body }])
})

it('puts together what happened together, but for PagerDuty, which pairs by a key', () => {
  const told = { changes: [CHANGE, OVER], source: 'here', atMs: 0, routingKey: 'r' }
  expect(payloadsOf('slack', told)).toHaveLength(1)
  const events = payloadsOf('pagerduty', told) as { dedup_key: string; event_action: string }[]
  expect(events.map(({ event_action }) => event_action)).toEqual(['trigger', 'resolve'])
  expect(events[0]?.dedup_key).toBe(events[1]?.dedup_key)
})

it('escapes what Slack would take for links and mentions', () => {
  const changes = [{ ...CHANGE, summary: '<!channel> & <http://x.test|y>' }]
  const [body] = payloadsOf('slack', { changes, source: 'here', atMs: 0, routingKey: '' })
  expect(JSON.stringify(body)).toContain('&lt;!channel&gt; &amp; &lt;http://x.test|y&gt;')
})

it('tries again with longer and longer waits, and gives up without naming the address', async () => {
  const passing = network(503, 429, 200)
  expect(await notify({ ...base, ...passing.options, targets: one('webhook') })).toEqual({
    ops: { ok: true },
  })
  expect(passing.waits).toEqual([1_000, 5_000])
  const dead = network(0)
  const sent = await notify({ ...base, ...dead.options, targets: one('webhook') })
  expect(sent).toEqual({ ops: { ok: false, reason: 'ECONNREFUSED' } })
  expect(dead.posted).toHaveLength(4)
})

it('does not repeat what was refused for good, nor tell what is less grave than asked for', async () => {
  const refused = network(404)
  const sent = await notify({ ...base, ...refused.options, targets: one('webhook') })
  expect(sent).toEqual({ ops: { ok: false, reason: 'status 404' } })
  expect(refused.posted).toHaveLength(1)
  const quiet = network(200)
  const grave = one('webhook', { min_severity: 'critical' })
  expect(await notify({ ...base, ...quiet.options, targets: grave })).toEqual({})
})

it('says which variable is missing, and reaches no metadata service whatever the entry allows', async () => {
  const { env: _env, ...rest } = base
  expect(await notify({ ...rest, env: {}, targets: one('webhook') })).toEqual({
    ops: { ok: false, reason: 'HOOK is not set' },
  })
  expect(await notify({ ...rest, env: { HOOK: 'ftp://x' }, targets: one('slack') })).toMatchObject({
    ops: { reason: 'HOOK is not an http or https address' },
  })
  expect(await notify({ ...base, targets: one('pagerduty') })).toMatchObject({
    ops: { reason: 'key_env is missing' },
  })
  const metadata = { HOOK: 'http://169.254.169.254/latest' }
  const open = one('webhook', { allow_private: true })
  expect(await notify({ ...rest, env: metadata, targets: open })).toEqual({
    ops: { ok: false, reason: 'EGRESS_DENIED' },
  })
})
