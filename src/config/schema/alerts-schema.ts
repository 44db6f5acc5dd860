// The part of signalbox.yaml about alerts: rules, quiet hours and targets.
import { z } from 'zod'

const base = (severity: 'info' | 'warning' | 'critical') => ({
  off: z.boolean().default(false).describe('Whether the rule is off.'),
  severity: z
    .enum(['info', 'warning', 'critical'])
    .default(severity)
    .describe('Severity of the alert; critical ones are sent in quiet hours, too.'),
})

type Severity = Parameters<typeof base>[0]

const plain = (severity: Severity) => z.strictObject(base(severity))

/** Longest window that is remembered. */
const minutes = (value: number) =>
  z.int().positive().max(1_440).default(value).describe('Length of the window in minutes.')

const share = (severity: Severity, settings: { above: number; minutes: number; count: number }) =>
  z.strictObject({
    ...base(severity),
    above: z.number().min(0).max(1).default(settings.above).describe('The largest share.'),
    window_minutes: minutes(settings.minutes),
    min_count: z.int().positive().default(settings.count).describe('Of fewer nothing is said.'),
  })

const latency = (aboveMs: number) =>
  z.strictObject({
    ...base('warning'),
    above_ms: z
      .int()
      .positive()
      .default(aboveMs)
      .describe('Most milliseconds of 95 %, read off bins from 0.1 s to 240 s.'),
    window_minutes: minutes(5),
    min_count: z.int().positive().default(20).describe('Of fewer nothing is said.'),
  })

const count = (severity: Severity, settings: { above: number; minutes: number }) =>
  z.strictObject({
    ...base(severity),
    above: z.int().nonnegative().default(settings.above).describe('The largest number.'),
    window_minutes: minutes(settings.minutes),
  })

const event = z.strictObject({
  ...base('warning'),
  hold_minutes: z.int().positive().default(60).describe('How long the alert lasts.'),
})

const usd = z.number().positive().nullable().default(null)

const rulesSchema = z.strictObject({
  error_rate: share('critical', { above: 0.05, minutes: 5, count: 20 })
    .prefault({})
    .describe('Requests that no model answered.'),
  fallback_rate: share('warning', { above: 0.15, minutes: 5, count: 20 })
    .prefault({})
    .describe('Answers of another model than the chosen one.'),
  latency: latency(60_000).prefault({}).describe('Time to whole answers.'),
  first_token: latency(20_000).prefault({}).describe('Time to first tokens.'),
  spend: z
    .strictObject({
      ...base('warning'),
      above_usd: usd.describe('Most USD; null: not looked at.'),
      window_minutes: minutes(1_440),
    })
    .prefault({})
    .describe('Cost of answers.'),
  burn_rate: z
    .strictObject({
      ...base('critical'),
      budget_usd: usd.describe('USD for 30 days; null: not looked at.'),
      fast_factor: z
        .number()
        .positive()
        .default(14.4)
        .describe('So many times as fast over an hour; 14.4 uses up 2 % of the budget in it.'),
      slow_factor: z
        .number()
        .positive()
        .default(6)
        .describe('So many times as fast over six hours; 6 uses up 5 % in them.'),
    })
    .prefault({})
    .describe('How fast a budget is used up.'),
  unpriced: share('warning', { above: 0.01, minutes: 60, count: 20 })
    .prefault({})
    .describe('Answers whose cost is unknown.'),
  breaker_open: plain('warning').prefault({}).describe('A model whose breaker is open.'),
  targets_down: plain('critical').prefault({}).describe('A route of which no model can be called.'),
  fail_open: share('critical', { above: 0.02, minutes: 5, count: 20 })
    .prefault({})
    .describe('Prompts that took the default route because routing failed.'),
  abstention: plain('warning').prefault({}).describe('More prompts than before fit no route.'),
  novelty: plain('warning')
    .prefault({})
    .describe('More prompts than before are unlike all exemplars.'),
  confidence_drift: plain('warning')
    .prefault({})
    .describe('More prompts than before are of low confidence.'),
  prompt_drift: plain('warning')
    .prefault({})
    .describe('Prompts are other than before: in the scores of routes, nearness or length.'),
  route_drift: plain('info')
    .prefault({})
    .describe('A route is that of more prompts than before, or of far fewer.'),
  entropy_drop: plain('warning').prefault({}).describe('Prompts take fewer routes than before.'),
  bad_votes: z
    .strictObject({
      ...base('warning'),
      expected: z.number().min(0).max(1).default(0.1).describe('Share of bad votes that is well.'),
      feared: z.number().min(0).max(1).default(0.3).describe('Share of bad votes looked for.'),
    })
    .prefault({})
    .describe('Bad votes on a route, tested vote by vote.'),
  gate_refused: event.prefault({}).describe('The gate refused a generation.'),
  canary_rolled_back: event.prefault({}).describe('A canary was worse and ended.'),
  generation_refused: plain('critical')
    .prefault({})
    .describe('A generation cannot be loaded, or none serves.'),
  config_refused: plain('warning').prefault({}).describe('The configuration file is refused.'),
  encoder_restarts: count('warning', { above: 2, minutes: 10 })
    .prefault({})
    .describe('Encoder processes that ended and were started again.'),
  queue_drops: count('critical', { above: 0, minutes: 5 })
    .prefault({})
    .describe('Decisions or completions that were not kept.'),
  disk: z
    .strictObject({
      ...base('critical'),
      below_bytes: z
        .int()
        .nonnegative()
        .default(1_073_741_824)
        .describe('Least free bytes for the data folder.'),
    })
    .prefault({})
    .describe('Room on the disk.'),
})

const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'is the NAME of an environment variable, not the value itself')

const targetSchema = z.strictObject({
  kind: z
    .enum(['webhook', 'slack', 'teams', 'pagerduty'])
    .describe('Format of the messages. webhook: JSON of Signalbox itself.'),
  url_env: variable
    .optional()
    .describe(
      'Variable that holds the address. For pagerduty https://events.pagerduty.com/v2/enqueue by default.',
    ),
  key_env: variable.optional().describe('For pagerduty: variable that holds the routing key.'),
  allow_private: z
    .boolean()
    .optional()
    .describe('Whether the address may lead to loopback or a private network.'),
  min_severity: z
    .enum(['info', 'warning', 'critical'])
    .default('info')
    .describe('Least severity that is sent to this target.'),
})

const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, 'expected a time such as 22:00')

const quietSchema = z.strictObject({
  from: time.describe('Start of the quiet hours.'),
  to: time.describe('End of the quiet hours; alerts that were held back are sent then.'),
  utc_offset: z
    .string()
    .regex(/^[+-](?:0\d|1[0-4]):[0-5]\d$/, 'expected an offset such as +01:00')
    .default('+00:00')
    .describe('Offset of the clock that these times refer to.'),
})

export const alertsSchema = z.strictObject({
  enabled: z.boolean().default(true).describe('Whether rules are evaluated at all.'),
  interval_seconds: z
    .int()
    .min(1)
    .max(3_600)
    .default(60)
    .describe('Time between two evaluations; a change needs a restart.'),
  baseline: z
    .enum(['held_out', 'traffic'])
    .default('held_out')
    .describe(
      'What prompts are held against for drift: the held-out prompts of the generation, or its first 1,000 prompts. Without held-out prompts always the latter.',
    ),
  quiet_hours: quietSchema
    .nullable()
    .default(null)
    .describe('Hours in which only critical alerts are sent.'),
  targets: z
    .record(z.string(), targetSchema)
    .default({})
    .describe(
      'Targets of alerts, by names of your choice. Each alert is also in the log and the history.',
    ),
  rules: rulesSchema.prefault({}).describe('The rules that raise alerts.'),
})
