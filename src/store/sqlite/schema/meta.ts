// The table in which the database keeps facts about itself.
import { sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Facts about the database itself, e.g. which damaged file it replaces. */
export const meta = sqliteTable('meta', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
})
