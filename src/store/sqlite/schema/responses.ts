// The table of kept answers of the Responses API.
import { index, integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Answers of the Responses API that can be referred to, until they expire. What an earlier one holds is not repeated. */
export const storedResponses = sqliteTable(
  'stored_responses',
  {
    id: text('id').notNull(),
    principal: text('principal').notNull(),
    decisionId: text('decision_id').notNull(),
    previousId: text('previous_id'),
    /** JSON: the items of the request's own input. */
    input: text('input').notNull(),
    /** JSON: the response as it was sent. */
    response: text('response').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.principal, table.id] }),
    index('stored_responses_by_expiry').on(table.expiresAtMs),
    index('stored_responses_by_decision').on(table.decisionId),
  ],
)
