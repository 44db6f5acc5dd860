// POST /v1/feedback: a vote on a decision, answered only once it is committed.
import { z } from 'zod'
import type { StoredDecision } from '../../core/records/stored-decision.ts'
import { giveFeedback } from '../../feedback/give-feedback.ts'
import { defineEndpoint } from '../request/endpoint.ts'
import { principalOf } from '../request/principal.ts'
import { isShared } from './own-decision.ts'

const feedbackRequestSchema = z
  .strictObject({
    decision_id: z.string().min(1).max(64),
    verdict: z
      .enum(['good', 'bad'])
      .optional()
      .describe('May be left out where there is a `score`: good from 0.5 on.'),
    correct_route: z
      .string()
      .max(64)
      .nullish()
      .describe('A configured route, or `none` for a prompt that belongs to no route.'),
    score: z.number().min(0).max(1).nullish(),
    comment: z.string().max(2_000).nullish(),
  })
  .refine(({ verdict, score }) => verdict !== undefined || typeof score === 'number', {
    error: 'give "good" or "bad", or a score',
    path: ['verdict'],
  })

export const feedbackSchema = z.strictObject({
  id: z.string(),
  decision_id: z.string(),
  verdict: z.enum(['good', 'bad']),
  source: z.literal('explicit'),
  replaced: z
    .boolean()
    .describe('True where the same principal had voted on this decision before.'),
  counts: z.boolean().describe('Whether the next rebuild can learn from it.'),
  why_not: z.string().nullable().describe('Why it cannot, as a sentence.'),
})

export const postFeedback = defineEndpoint({
  id: 'giveFeedback',
  method: 'post',
  path: '/v1/feedback',
  access: 'feedback',
  summary: 'Say whether a decision was right, and which route would have been.',
  request: feedbackRequestSchema,
  response: feedbackSchema,
  status: 201,
  handler:
    (deps) =>
    async (c, { request }) => {
      const principal = principalOf(c)
      const wish = {
        decisionId: request.decision_id,
        verdict: request.verdict ?? null,
        correctRoute: request.correct_route ?? null,
        score: request.score ?? null,
        comment: request.comment ?? null,
      }
      const voter = {
        principal: principal.id,
        // Another caller's decision is treated as not existing.
        mayJudge: (decision: StoredDecision) => isShared(decision, principal, deps.access),
      }
      const given = await giveFeedback(wish, voter, deps)
      const { id, decisionId, verdict, source, replaced, counts, whyNot } = given
      return { id, decision_id: decisionId, verdict, source, replaced, counts, why_not: whyNot }
    },
})
