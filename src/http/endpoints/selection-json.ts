// How a model was chosen, on the wire.
import { z } from 'zod'
import type { Selection } from '../../core/select/selection.ts'

export const selectionSchema = z
  .strictObject({
    policy: z.string(),
    seed: z.int().describe('Of all that the policy left to chance.'),
    held: z
      .strictObject({ model: z.string(), is_tool_loop: z.boolean() })
      .nullable()
      .describe('The model that the conversation was with.'),
    prompt_tokens: z.int().describe('Estimate for the whole prompt.'),
    candidates: z.array(
      z.strictObject({
        model: z.string(),
        propensity: z.number().describe('Probability that the policy put this model first.'),
        cost_usd: z.number().nullable().describe('Expected; null where a price is unknown.'),
        cached_tokens: z.int().describe('Of the prompt, expected in the provider’s cache.'),
        completion_tokens: z.int().describe('Predicted.'),
        first_token_ms: z.number().nullable().describe('Expected; null where nothing is known.'),
        tokens_per_second: z.number().nullable(),
        calls: z.int().describe('How often it had been called.'),
        pending_ms: z
          .number()
          .describe('How long the oldest call under way had waited for its first token.'),
        is_stale: z.boolean().describe('True where its speed had not been seen for long.'),
        wait_ms: z.number().describe('Until it might be called; 0: at once.'),
      }),
    ),
  })
  .nullable()
  .describe('Null where the configured order or the caller decided.')

export const selectionJson = (selection: Selection | null): z.infer<typeof selectionSchema> =>
  selection && {
    policy: selection.policy,
    seed: selection.seed,
    held: selection.held && {
      model: selection.held.model,
      is_tool_loop: selection.held.isToolLoop,
    },
    prompt_tokens: selection.promptTokens,
    candidates: selection.candidates.map((candidate) => ({
      model: candidate.model,
      propensity: candidate.propensity,
      cost_usd: candidate.costUsd,
      cached_tokens: candidate.cachedTokens,
      completion_tokens: candidate.completionTokens,
      first_token_ms: candidate.firstTokenMs,
      tokens_per_second: candidate.tokensPerSecond,
      calls: candidate.calls,
      pending_ms: candidate.pendingMs,
      is_stale: candidate.isStale,
      wait_ms: candidate.waitMs,
    })),
  }
