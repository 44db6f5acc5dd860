// Rules and samples → the conditions that hold now. Pure; one function per sort of rule.
import { percent } from '../statistics/percent.ts'
import type { AlertKind, Condition } from './alert.ts'
import type { AlertRules, CountRule, EventRule, LatencyRule, ShareRule } from './alert-rules.ts'
import { type AlertSample, quantileOf } from './alert-sample.ts'
import type { SampleHistory } from './sample-history.ts'

/** Conditions of one kind, without the fields that are the same for all of them. */
type Found = Pick<Condition, 'subject' | 'level' | 'summary'>[]

/** An alert ends once the value is back below this share of its limit. */
const RECOVERED = 0.8

const measured = (value: number, limit: number, summary: string): Found => {
  if (value > limit) return [{ subject: '', level: 'over', summary }]
  return value > limit * RECOVERED ? [{ subject: '', level: 'between', summary }] : []
}

const usd = (amount: number): string => `USD ${amount.toFixed(2)}`

interface Share {
  part: number
  whole: number
  what: string
}

const share = (rule: ShareRule, { part, whole, what }: Share): Found => {
  if (whole < rule.min_count) return []
  const summary = `${what}: ${percent(part / whole)} (${part} of ${whole}) in ${rule.window_minutes} min; the limit is ${percent(rule.above)}.`
  return measured(part / whole, rule.above, summary)
}

const latency = (rule: LatencyRule, bins: readonly number[], what: string): Found => {
  const count = bins.reduce((sum, one) => sum + one, 0)
  const p95 = quantileOf(bins, 0.95)
  if (p95 === null || count < rule.min_count) return []
  const shown = p95 === Number.POSITIVE_INFINITY ? 'over 240 s' : `up to ${p95 / 1_000} s`
  const summary = `${what}: 95 % of ${count} in ${rule.window_minutes} min took ${shown}; the limit is ${rule.above_ms / 1_000} s.`
  return measured(p95, rule.above_ms, summary)
}

const counted = (rule: CountRule, count: number, what: string): Found =>
  measured(count, rule.above, `${what}: ${count} in ${rule.window_minutes} min.`)

const MONTH_HOURS = 720

/** Rate of spending relative to the one that uses up the monthly budget in a month; over one hour and over six. */
const burnRate = (rule: AlertRules['burn_rate'], history: SampleHistory): Found => {
  if (rule.budget_usd === null) return []
  const hourly = rule.budget_usd / MONTH_HOURS
  const windows = [
    { hours: 1, factor: rule.fast_factor },
    { hours: 6, factor: rule.slow_factor },
  ]
  return windows
    .flatMap(({ hours, factor }) => {
      const { costUsd } = history.last(hours * 60).totals
      const rate = costUsd / hours / hourly
      const summary = `${usd(costUsd)} in ${hours} h is ${rate.toFixed(1)} times what ${usd(rule.budget_usd ?? 0)} a month allow; the limit is ${factor}.`
      return measured(rate, factor, summary)
    })
    .sort((a, b) => (a.level === b.level ? 0 : a.level === 'over' ? -1 : 1))
    .slice(0, 1)
}

const spend = (
  { above_usd: most, window_minutes }: AlertRules['spend'],
  history: SampleHistory,
) => {
  if (most === null) return []
  const { costUsd } = history.last(window_minutes).totals
  return measured(
    costUsd,
    most,
    `${usd(costUsd)} were spent in ${window_minutes} min; the limit is ${usd(most)}.`,
  )
}

const each = (subjects: readonly string[], summary: (subject: string) => string): Found =>
  subjects.map((subject) => ({ subject, level: 'over', summary: summary(subject) }))

const state = (problem: string | null): Found =>
  problem === null ? [] : [{ subject: '', level: 'over', summary: problem }]

const disk = ({ below_bytes: least }: AlertRules['disk'], free: number | null): Found => {
  if (free === null || free > least / RECOVERED) return []
  const summary = `${(free / 1024 ** 3).toFixed(2)} GiB are free for the data folder.`
  return [{ subject: '', level: free < least ? 'over' : 'between', summary }]
}

/** Events without an end of their own: their alerts fire for the rule's `hold_minutes`. By number of the generation. */
export interface HeldEvents {
  add(
    kind: 'gate_refused' | 'canary_rolled_back',
    generations: readonly number[],
    atMs: number,
  ): void
  of(kind: 'gate_refused' | 'canary_rolled_back', rule: EventRule, nowMs: number): string[]
}

export const createHeldEvents = (): HeldEvents => {
  const held = new Map<string, Map<number, number>>()
  return {
    add: (kind, generations, atMs) => {
      const own = held.get(kind) ?? new Map<number, number>()
      held.set(kind, own)
      for (const generation of generations) own.set(generation, atMs)
    },
    of: (kind, { hold_minutes }, nowMs) => {
      const own = held.get(kind) ?? new Map<number, number>()
      for (const [generation, atMs] of own) {
        if (nowMs - atMs >= hold_minutes * 60_000) own.delete(generation)
      }
      return [...own.keys()].map(String)
    },
  }
}

type Within = (rule: { window_minutes: number }) => ReturnType<SampleHistory['last']>

const ofShares = (rules: AlertRules, within: Within): Partial<Record<AlertKind, Found>> => {
  const errors = within(rules.error_rate).totals
  const fallbacks = within(rules.fallback_rate).totals
  const failOpen = within(rules.fail_open).totals
  const unpriced = within(rules.unpriced).totals
  return {
    error_rate: share(rules.error_rate, {
      part: errors.failed,
      whole: errors.answers,
      what: 'Requests that failed',
    }),
    fallback_rate: share(rules.fallback_rate, {
      part: fallbacks.fallbacks,
      whole: fallbacks.served,
      what: 'Answers of another model than the chosen one',
    }),
    fail_open: share(rules.fail_open, {
      part: failOpen.degraded,
      whole: failOpen.decisions,
      what: 'Prompts that took the default route because routing failed',
    }),
    unpriced: share(rules.unpriced, {
      part: unpriced.unpriced,
      whole: unpriced.served,
      what: 'Answers whose cost is not known',
    }),
  }
}

const ofTraffic = (
  rules: AlertRules,
  history: SampleHistory,
): Partial<Record<AlertKind, Found>> => {
  const within: Within = ({ window_minutes }) => history.last(window_minutes)
  return {
    ...ofShares(rules, within),
    latency: latency(rules.latency, within(rules.latency).latency, 'Whole answers'),
    first_token: latency(rules.first_token, within(rules.first_token).firstToken, 'First tokens'),
    spend: spend(rules.spend, history),
    burn_rate: burnRate(rules.burn_rate, history),
    encoder_restarts: counted(
      rules.encoder_restarts,
      within(rules.encoder_restarts).totals.encoderRestarts,
      'Restarts of encoder processes',
    ),
    queue_drops: counted(
      rules.queue_drops,
      within(rules.queue_drops).totals.dropped,
      'Decisions or completions that were not kept',
    ),
  }
}

const ofState = (
  rules: AlertRules,
  sample: AlertSample,
  held: HeldEvents,
): Partial<Record<AlertKind, Found>> => ({
  breaker_open: each(sample.breakersOpen, (model) => `The breaker of ${model} is open.`),
  targets_down: each(sample.routesDown, (route) => `No model of ${route} can be called.`),
  disk: disk(rules.disk, sample.diskFreeBytes),
  config_refused: state(sample.configProblem),
  generation_refused: state(sample.generationProblem),
  gate_refused: each(held.of('gate_refused', rules.gate_refused, sample.atMs), (number) => {
    return `The gate refused generation ${number}; signalbox generations show ${number} says why.`
  }),
  canary_rolled_back: each(
    held.of('canary_rolled_back', rules.canary_rolled_back, sample.atMs),
    (number) => `The canary of generation ${number} was rolled back.`,
  ),
  bad_votes: sample.badVotes.map(({ route, summary }) => ({
    subject: route,
    level: 'over',
    summary,
  })),
})

const ofQuality = ({ quality }: AlertSample): Partial<Record<AlertKind, Found>> => {
  const found: Partial<Record<AlertKind, Found>> = {}
  for (const { kind, subject, summary } of quality) {
    found[kind] = [...(found[kind] ?? []), { subject, level: 'over', summary }]
  }
  return found
}

export interface RuleInput {
  rules: AlertRules
  sample: AlertSample
  /** With the sample in it. */
  history: SampleHistory
  held: HeldEvents
}

export const evaluateRules = ({ rules, sample, history, held }: RuleInput): Condition[] => {
  const found = {
    ...ofTraffic(rules, history),
    ...ofState(rules, sample, held),
    ...ofQuality(sample),
  }
  const kinds = Object.keys(found) as AlertKind[]
  return kinds
    .filter((kind) => !rules[kind].off)
    .flatMap((kind) =>
      (found[kind] ?? []).map((one) => ({ kind, severity: rules[kind].severity, ...one })),
    )
}
