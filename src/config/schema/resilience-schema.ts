// The part of signalbox.yaml about calls to providers: timeouts, retries, breakers, kept answers.
import { z } from 'zod'

export const streamModeSchema = z
  .enum(['live', 'buffered'])
  .describe('buffered: hold a stream back until it is whole, so that a cut one can be replaced.')

export const chainSchema = z.array(z.string())

/** The lists of fallbacks and their purpose. */
export const FALLBACKS = {
  general: 'Model ids to try, in this order, after those of the route have failed.',
  context_window: 'Model ids for prompts that are too long for the model.',
  content_policy: 'Model ids for prompts that a provider’s content filter refused.',
}

export const resilienceSchema = z.strictObject({
  total_timeout_ms: z
    .int()
    .positive()
    .default(120_000)
    .describe('One deadline over a whole request, all attempts and waits.'),
  connect_timeout_ms: z
    .int()
    .positive()
    .default(5_000)
    .describe('To a connection, of one attempt.'),
  first_byte_timeout_ms: z
    .int()
    .positive()
    .default(20_000)
    .describe('To the headers of a stream, of one attempt.'),
  whole_answer_timeout_ms: z
    .int()
    .positive()
    .default(90_000)
    .describe('To the headers of an answer that is not streamed: they come with its last token.'),
  first_token_timeout_ms: z
    .int()
    .positive()
    .default(10_000)
    .describe(
      'To the first content of a stream while another model is left to try; for the last one idle_timeout_ms, if longer. Raise it where a preferred model thinks in silence.',
    ),
  idle_timeout_ms: z
    .int()
    .positive()
    .default(30_000)
    .describe('Longest wait for the next bytes of an answer.'),
  max_attempts: z.int().min(1).max(4).default(4).describe('Calls for one request.'),
  unsupported_params: z
    .enum(['drop', 'next_model', 'refuse'])
    .default('next_model')
    .describe(
      'A parameter that the model does not take and that only tunes the answer is left out (`drop`), left out only where no other model of the chain takes it (`next_model`), or refused by name (`refuse`). One that changes what is asked for is always refused where no model of the chain takes it.',
    ),
  backoff_base_ms: z
    .int()
    .positive()
    .default(500)
    .describe('Wait before the first repeat; it doubles, with full jitter.'),
  backoff_max_ms: z.int().positive().default(8_000).describe('Longest such wait.'),
  max_retry_wait_ms: z
    .int()
    .nonnegative()
    .default(5_000)
    .describe('A longer Retry-After is waited for only where no other model is left to try.'),
  cooldown_ms: z.int().nonnegative().default(1_000).describe('After a 429 without Retry-After.'),
  breaker_failures: z
    .int()
    .min(1)
    .default(3)
    .describe('Failures in a row that open the breaker of a provider and model.'),
  breaker_open_ms: z
    .int()
    .positive()
    .default(5_000)
    .describe('How long it stays open; doubles with each failed probe.'),
  breaker_max_open_ms: z.int().positive().default(20_000).describe('Longest that it stays open.'),
  stream: streamModeSchema.default('live'),
  fallbacks: z
    .strictObject({
      general: chainSchema.default([]).describe(FALLBACKS.general),
      context_window: chainSchema.default([]).describe(FALLBACKS.context_window),
      content_policy: chainSchema.default([]).describe(FALLBACKS.content_policy),
    })
    .prefault({}),
  allow_forced_failures: z
    .boolean()
    .nullable()
    .default(null)
    .describe('Whether x-router-fail-targets is obeyed; null: only on a loopback address.'),
})

export const cacheSchema = z.strictObject({
  max_entries: z
    .int()
    .positive()
    .default(10_000)
    .describe('Answers kept in memory, of all routes.'),
  max_bytes: z.int().positive().default(67_108_864).describe('Most memory of kept answers.'),
  max_entry_bytes: z
    .int()
    .positive()
    .default(1_048_576)
    .describe('Longer answers are not kept, in bytes.'),
})
