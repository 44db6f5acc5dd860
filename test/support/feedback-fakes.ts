// A feedback admin that knows nobody and takes nothing, for tests of http/ that are about something else.
import type { FeedbackAdmin } from '../../src/feedback/feedback-admin.ts'

export const fakeFeedbackAdmin = (): FeedbackAdmin => ({
  importRows: async (rows) => ({
    summary: {
      rows: rows.length,
      added: 0,
      replaced: 0,
      unchanged: 0,
      refused: rows.length,
      agreed: 0,
      corrected: 0,
    },
    results: rows.map((_, line) => ({
      line,
      status: 'refused',
      decisionId: null,
      verdict: null,
      correctRoute: null,
      reason: 'This fake takes nothing.',
    })),
  }),
  listVotes: async () => [],
  forget: async (_, { dryRun }) => ({
    dryRun,
    decisions: 0,
    votes: 0,
    exemplars: [],
    currentGeneration: null,
    generations: [],
    turnsInMemory: 0,
    remaining: [],
  }),
})
