// Sends alerts to the configured targets. Addresses are subject to the same egress rules as providers: metadata services never,
// private networks where the entry permits it.
import { hostname } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'
import type { Config } from '../config/config-schema.ts'
import type { Environment } from '../config/environment.ts'
import { type AlertChange, SEVERITIES, type Severity } from '../core/alerting/alert.ts'
import { createEgress } from '../upstream/egress/egress.ts'
import type { Fetch } from '../upstream/egress/fetch-port.ts'
import { readProxySettings } from '../upstream/egress/proxy.ts'
import { payloadsOf } from './payloads.ts'
import { type Sent, send } from './send.ts'

export type TargetConfig = Config['alerts']['targets'][string]

export interface NotifyOptions {
  targets: Config['alerts']['targets']
  env: Environment
  changes: readonly AlertChange[]
  atMs: number
  /** Aborts sending when the process closes. */
  signal?: AbortSignal
  /** Replace the network and the clock in tests. */
  fetchFor?: (target: { baseUrl: string; allowPrivate: boolean | undefined }) => Fetch
  wait?: (ms: number) => Promise<void>
}

/** Results by target; targets without a matching alert are left out. */
export type Delivery = Record<string, Sent>

const PAGERDUTY_URL = 'https://events.pagerduty.com/v2/enqueue'
const CONNECT_TIMEOUT_MS = 5_000

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity)

/** The address, or the problem of the entry, which only contains names of variables. */
const addressOf = (
  target: TargetConfig,
  env: Environment,
): { url: string } | { reason: string } => {
  const { kind, url_env, key_env } = target
  if (kind === 'pagerduty' && !(key_env && env[key_env])) {
    return { reason: key_env ? `${key_env} is not set` : 'key_env is missing' }
  }
  const url = url_env ? env[url_env] : kind === 'pagerduty' ? PAGERDUTY_URL : undefined
  if (!url) return { reason: url_env ? `${url_env} is not set` : 'url_env is missing' }
  const isUrl = URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)
  return isUrl ? { url } : { reason: `${url_env} is not an http or https address` }
}

const egressFor = (env: Environment): NonNullable<NotifyOptions['fetchFor']> => {
  const proxy = readProxySettings({ ...env })
  const egress = createEgress({ maxSockets: 4, connectTimeoutMs: CONNECT_TIMEOUT_MS, proxy })
  return egress.fetchFor
}

const deliver = async (target: TargetConfig, options: NotifyOptions): Promise<Sent> => {
  const { env, atMs, changes, signal, fetchFor = egressFor(env) } = options
  const { wait = (ms) => pause(ms, undefined, { signal, ref: false }).catch(() => {}) } = options
  const address = addressOf(target, env)
  if ('reason' in address) return { ok: false, reason: address.reason }
  const { url } = address
  const fetch = fetchFor({ baseUrl: url, allowPrivate: target.allow_private })
  const routingKey = (target.key_env && env[target.key_env]) || ''
  const message = { changes, source: hostname(), atMs, routingKey }
  for (const body of payloadsOf(target.kind, message)) {
    const sent = await send({ fetch, url, body, wait, signal })
    if (!sent.ok) return sent
  }
  return { ok: true }
}

/** Sends to all targets in parallel; never rejects. */
export const notify = async (options: NotifyOptions): Promise<Delivery> => {
  const entries = Object.entries(options.targets).map(async ([name, target]) => {
    const changes = options.changes.filter(
      ({ severity }) => rank(severity) >= rank(target.min_severity),
    )
    if (changes.length === 0) return []
    const sent = await deliver(target, { ...options, changes }).catch((error: unknown) => ({
      ok: false as const,
      reason: error instanceof Error ? error.message : 'unknown',
    }))
    return [[name, sent] as const]
  })
  return Object.fromEntries((await Promise.all(entries)).flat())
}
