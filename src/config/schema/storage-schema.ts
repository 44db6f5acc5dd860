// The part of signalbox.yaml about what is kept and told: the database, logs.
import { z } from 'zod'

export const storageSchema = z.strictObject({
  store_text: z
    .enum(['full', 'hash', 'off'])
    .default('full')
    .describe('What is kept of the routing text: all of it, its sha256, nothing.'),
  flush_interval_ms: z
    .int()
    .positive()
    .default(50)
    .describe('How long decisions are gathered before they are written together.'),
  queue_limit: z
    .int()
    .positive()
    .default(10_000)
    .describe('Decisions that may wait to be written; beyond it they are dropped and counted.'),
  retention_days: z.int().positive().default(90).describe('How long decisions and votes are kept.'),
  evaluation_days: z
    .int()
    .positive()
    .default(365)
    .describe('How long imported outcomes (`signalbox outcomes import`) are kept.'),
  responses_ttl: z
    .string()
    .regex(/^[1-9]\d{0,5} ?[smhd]$/, 'expected a number and s, m, h or d, e.g. 24h')
    .default('24h')
    .describe(
      'How long answers of /v1/responses can be fetched and gone on with, e.g. 90m, 24h, 7d. Kept with store_text: full only.',
    ),
})

export const telemetrySchema = z.strictObject({
  log_level: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'])
    .default('info')
    .describe('Least level that is logged.'),
  log_prompts: z
    .boolean()
    .default(false)
    .describe('Whether the line of a routed request holds its routing text.'),
})
