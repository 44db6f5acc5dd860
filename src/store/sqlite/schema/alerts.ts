// The table of what alerts began and ended.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { AlertKind, Severity } from '../../../core/alerting/alert.ts'

export const alertEvents = sqliteTable(
  'alert_events',
  {
    id: text('id').primaryKey(),
    kind: text('kind').$type<AlertKind>().notNull(),
    /** Which one of several: a model, a route; else ''. */
    subject: text('subject').notNull(),
    severity: text('severity').$type<Severity>().notNull(),
    state: text('state').$type<'firing' | 'resolved'>().notNull(),
    summary: text('summary').notNull(),
    atMs: integer('at_ms').notNull(),
    sinceMs: integer('since_ms').notNull(),
  },
  (table) => [index('alert_events_by_time').on(table.atMs, table.id)],
)
