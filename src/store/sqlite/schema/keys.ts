// The tables of gateway keys and of what each has used.
import { integer, primaryKey, real, sqliteTable, text } from 'drizzle-orm/sqlite-core'

/** Gateway keys, without their secrets. Rows are never deleted: a revoked key still names its decisions. */
export const gatewayKeys = sqliteTable('gateway_keys', {
  id: text('id').primaryKey(),
  name: text('name').notNull(),
  owner: text('owner'),
  roles: text('roles').notNull(),
  models: text('models'),
  routes: text('routes'),
  limits: text('limits').notNull(),
  salt: text('salt').notNull(),
  hash: text('hash').notNull(),
  createdAtMs: integer('created_at_ms').notNull(),
  createdBy: text('created_by').notNull(),
  expiresAtMs: integer('expires_at_ms'),
  revokedAtMs: integer('revoked_at_ms'),
})

/** What each key has used on each day of UTC, as totals: writing one again changes nothing. */
export const keyUsage = sqliteTable(
  'key_usage',
  {
    keyId: text('key_id').notNull(),
    day: text('day').notNull(),
    requests: integer('requests').notNull(),
    tokens: integer('tokens').notNull(),
    budgetUsd: real('budget_usd').notNull(),
  },
  (table) => [primaryKey({ columns: [table.keyId, table.day] })],
)

export type GatewayKeyRow = typeof gatewayKeys.$inferSelect
