// Failed attempts, read off the completions of decisions and counted in the database, so that a day of failures costs no memory.
import { sql } from 'drizzle-orm'
import type { FailedAttempts } from '../../core/records/failed-attempts.ts'
import type { Db } from './db.ts'
import { decisions } from './schema/decisions.ts'

/** Groups a call; a provider that says something new each time must not fill the answer. */
const MOST_GROUPS = 500

interface Row extends Omit<FailedAttempts, 'failure'> {
  failure: string | null
}

const field = (path: string) => sql`json_extract(attempt.value, ${`$.${path}`})`

/** What the caller brought about is no failure of a target. */
const NO_FAILURE = ['client_closed', 'shutting_down']

/** Of decisions that were made at `sinceMs` and later: the largest group first, at most 500. */
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
