// The operations behind /admin/feedback and /admin/forget: imports, the list of votes, and erasure.
import type { Feedback } from '../core/records/feedback.ts'
import type { VoteQuery } from '../store/store.ts'
import {
  type ForgetDeps,
  type ForgetReport,
  type ForgetWish,
  forget,
  forgetQueryOf,
} from './forget.ts'
import {
  type ImportDeps,
  type ImportSummary,
  importFeedback,
  type RowResult,
} from './import-feedback.ts'

export interface FeedbackAdmin {
  /** Unchecked rows, numbered from 0. @throws RouterError `store_unavailable` */
  importRows(
    rows: readonly unknown[],
    options: { dryRun: boolean },
  ): Promise<{ summary: ImportSummary; results: RowResult[] }>
  /** Newest first. */
  listVotes(query: VoteQuery): Promise<Feedback[]>
  /** @throws RouterError `invalid_request`, `store_unavailable` */
  forget(wish: ForgetWish, options: { dryRun: boolean }): Promise<ForgetReport>
}

/** Prompts of an import that are embedded at a time: the server's own traffic has priority. */
const IMPORT_CONCURRENCY = 1

export type FeedbackAdminDeps = Omit<ImportDeps, 'concurrency'> & ForgetDeps

export const createFeedbackAdmin = (deps: FeedbackAdminDeps): FeedbackAdmin => ({
  importRows: async (rows, { dryRun }) => {
    const results: RowResult[] = []
    const summary = await importFeedback(
      rows.map((value, line) => ({ line, value })),
      { ...deps, concurrency: IMPORT_CONCURRENCY },
      { dryRun, onRow: (result) => results.push(result) },
    )
    return { summary, results: results.sort((a, b) => a.line - b.line) }
  },
  listVotes: (query) => deps.store.listVotes(query),
  forget: (wish, options) => forget(forgetQueryOf(wish), deps, options),
})
