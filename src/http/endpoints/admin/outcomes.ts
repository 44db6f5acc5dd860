// /admin/outcomes: outcomes of models on served requests, and the import of an evaluation. `signalbox outcomes` does the same without
// a server.
import type { z } from 'zod'
import type { ServedOutcome } from '../../../core/records/model-outcome.ts'
import { defineEndpoint } from '../../request/endpoint.ts'
import { principalOf } from '../../request/principal.ts'
import {
  importedOutcomesSchema,
  importOutcomesRequestSchema,
  outcomeListSchema,
  type outcomeSchema,
  outcomesQuerySchema,
  totalsListSchema,
  totalsQuerySchema,
} from './outcome-schemas.ts'

const outcomeJson = (outcome: ServedOutcome): z.infer<typeof outcomeSchema> => ({
  object: 'outcome',
  decision_id: outcome.id,
  created_at: new Date(outcome.createdAtMs).toISOString(),
  route: outcome.route,
  model: outcome.model,
  outcome: outcome.outcome,
  error_code: outcome.errorCode,
  truncated: outcome.flaw === 'truncated',
  refused: outcome.flaw === 'refused',
  regenerated: outcome.isRegenerated,
  score: outcome.score,
  cost_usd: outcome.costUsd,
  first_token_ms: outcome.firstTokenMs,
  total_ms: outcome.totalMs,
  prompt_tokens: outcome.promptTokens,
  completion_tokens: outcome.completionTokens,
})

const listOutcomes = defineEndpoint({
  id: 'listOutcomes',
  method: 'get',
  path: '/admin/outcomes',
  access: 'admin',
  summary: 'What became of served requests, the latest first.',
  query: outcomesQuerySchema,
  response: outcomeListSchema,
  handler:
    ({ admin }) =>
    async (_c, { query: { limit, before, route } }) => {
      const outcomes = await admin.outcomes.list({
        limit: limit + 1,
        ...(before !== undefined && { before }),
        ...(route !== undefined && { route }),
      })
      const page = outcomes.slice(0, limit)
      return {
        object: 'list' as const,
        data: page.map(outcomeJson),
        next_cursor: outcomes.length > limit ? (page.at(-1)?.id ?? null) : null,
      }
    },
})

const DAY_MS = 86_400_000

const outcomeTotals = defineEndpoint({
  id: 'outcomeTotals',
  method: 'get',
  path: '/admin/outcomes/totals',
  access: 'admin',
  summary: 'Requests, scores, costs and times of each model on each route.',
  query: totalsQuerySchema,
  response: totalsListSchema,
  handler:
    ({ admin, now }) =>
    async (_c, { query: { days } }) => {
      const totals = await admin.outcomes.totals(now() - days * DAY_MS)
      const data = totals.map(({ costUsd, firstTokenMs, totalMs, priced: _, ...rest }) => ({
        object: 'outcome.totals' as const,
        ...rest,
        cost_usd: costUsd,
        first_token_ms: firstTokenMs,
        total_ms: totalMs,
      }))
      return { object: 'list' as const, data }
    },
})

const importOutcomes = defineEndpoint({
  id: 'importOutcomes',
  method: 'post',
  path: '/admin/outcomes',
  access: 'admin',
  summary:
    'An evaluation of several models on prompts, up to 200 rows a call. Sending them again changes nothing.',
  request: importOutcomesRequestSchema,
  response: importedOutcomesSchema,
  handler:
    ({ admin }) =>
    async (c, { request: { rows } }) => ({
      object: 'outcomes.imported' as const,
      ...(await admin.outcomes.importRows(rows, principalOf(c).id)),
    }),
})

export const outcomes = [importOutcomes, listOutcomes, outcomeTotals]
