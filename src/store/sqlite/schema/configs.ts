// The tables of configurations and of when each served.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'

export const configVersions = sqliteTable('config_versions', {
  hash: text('hash').primaryKey(),
  text: text('text').notNull(),
  author: text('author').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
})

/** Each time that a configuration began to serve. */
export const configActivations = sqliteTable(
  'config_activations',
  {
    id: text('id').primaryKey(),
    hash: text('hash').notNull(),
    author: text('author').notNull(),
    cause: text('cause').notNull(),
    atMs: integer('at_ms').notNull(),
  },
  (table) => [index('config_activations_by_time').on(table.atMs, table.id)],
)
