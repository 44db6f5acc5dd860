// Failed attempts from the completions of decisions, grouped and counted in the database, so that a day of failures takes no memory.
import { sql } from 'drizzle-orm'
import type { FailedAttempts } from '../../core/records/failed-attempts.ts'
import type { Db } from './db.ts'
import { decisions } from './schema/decisions.ts'

/** Most groups per call: a provider with varying messages must not fill the answer. */
const MOST_GROUPS = 500

interface Row extends Omit<FailedAttempts, 'failure'> {
  failure: string | null
}

const field = (path: string) => sql`json_extract(attempt.value, ${`$.${path}`})`

/** Error codes caused by the caller, not by a target. */
const NO_FAILURE = ['client_closed', 'shutting_down']

/** Groups of decisions since `sinceMs`, the largest first, at most 500. */
export const readFailedAttempts = (db: Db, sinceMs: number): FailedAttempts[] =>
  db
    .all<Row>(
      sql`SELECT ${field('provider')} AS provider, ${field('model')} AS model,
          ${field('errorCode')} AS errorCode, ${field('status')} AS status,
          ${field('failure')} AS failure, count(*) AS count,
          max(${decisions.id}) AS decisionId, max(${field('startedAtMs')}) AS lastAtMs
        FROM ${decisions}, json_each(${decisions.attempts}) AS attempt
        WHERE ${decisions.createdAtMs} >= ${sinceMs} AND ${field('errorCode')} IS NOT NULL
          AND ${field('errorCode')} NOT IN ${NO_FAILURE}
        GROUP BY 1, 2, 3, 4, 5
        ORDER BY count DESC, decisionId DESC
        LIMIT ${MOST_GROUPS}`,
    )
    .map(({ failure, ...row }) => ({
      ...row,
      failure: failure === null ? {} : JSON.parse(failure),
    }))
