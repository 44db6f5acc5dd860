// /admin/feedback: votes in bulk, and the list of them. `signalbox feedback` does the same without a server.
import type { Feedback } from '../../../core/records/feedback.ts'
import { defineEndpoint } from '../../request/endpoint.ts'
import {
  importedFeedbackSchema,
  importFeedbackRequestSchema,
  voteListSchema,
  votesQuerySchema,
} from './feedback-schemas.ts'

const voteJson = (vote: Feedback) => ({
  object: 'vote' as const,
  id: vote.id,
  decision_id: vote.decisionId,
  principal: vote.principal,
  verdict: vote.verdict,
  correct_route: vote.correctRoute,
  score: vote.score,
  comment: vote.comment,
  source: vote.source,
  implicit_kind: vote.implicitKind,
  created_at: new Date(vote.createdAtMs).toISOString(),
})

const importFeedback = defineEndpoint({
  id: 'importFeedback',
  method: 'post',
  path: '/admin/feedback',
  access: 'admin',
  summary:
    'Votes in bulk: rows of a labelled log, up to 1,000 a call. Sending them again changes nothing.',
  request: importFeedbackRequestSchema,
  response: importedFeedbackSchema,
  handler:
    ({ admin }) =>
    async (_c, { request: { rows, dry_run: dryRun } }) => {
      const { summary, results } = await admin.feedback.importRows(rows, { dryRun })
      const data = results.map(({ line, decisionId, correctRoute, ...result }) => ({
        row: line,
        decision_id: decisionId,
        correct_route: correctRoute,
        ...result,
      }))
      return { object: 'list' as const, data, summary }
    },
})

const listFeedback = defineEndpoint({
  id: 'listFeedback',
  method: 'get',
  path: '/admin/feedback',
  access: 'admin',
  summary: 'Votes, the latest first.',
  query: votesQuerySchema,
  response: voteListSchema,
  handler:
    ({ admin }) =>
    async (_c, { query }) => {
      const { limit: most, ...filters } = query
      const given = Object.entries(filters).filter(([, value]) => value !== undefined)
      const votes = await admin.feedback.listVotes({
        limit: most + 1,
        ...Object.fromEntries(given),
      })
      const page = votes.slice(0, most)
      return {
        object: 'list' as const,
        data: page.map(voteJson),
        next_cursor: votes.length > most ? (page.at(-1)?.id ?? null) : null,
      }
    },
})

export const feedback = [importFeedback, listFeedback]
