// The tables of sums over decisions, by hour and by minute.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { UsageGrain, UsageTimeKind } from '../../../core/records/usage.ts'
import type { Outcome, Reason } from '../../../core/types.ts'

/** By which requests are counted: an hour's or a minute's, of one route, model, key and reason. */
const countedBy = {
  grain: text('grain').$type<UsageGrain>().notNull(),
  startMs: integer('start_ms').notNull(),
  route: text('route').notNull(),
  model: text('model').notNull(),
  /** '' where nobody's key asked. */
  principal: text('principal').notNull(),
  reason: text('reason').$type<Reason>().notNull(),
}

/** Sums over decisions, written with them. Whole numbers, so that what is taken out again leaves nothing behind. */
export const usageCounts = sqliteTable(
  'usage_counts',
  {
    ...countedBy,
    outcome: text('outcome').$type<Outcome>().notNull(),
    requests: integer('requests').notNull(),
    promptTokens: integer('prompt_tokens').notNull(),
    completionTokens: integer('completion_tokens').notNull(),
    costNanoUsd: integer('cost_nano_usd').notNull(),
    /** Served at a price that nobody knows. */
    unpriced: integer('unpriced').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.grain,
        table.startMs,
        table.route,
        table.model,
        table.principal,
        table.reason,
        table.outcome,
      ],
    }),
  ],
)

/** How long served requests took, as counts of steps of a tenth. */
export const usageTimes = sqliteTable(
  'usage_times',
  {
    ...countedBy,
    kind: text('kind').$type<UsageTimeKind>().notNull(),
    step: integer('step').notNull(),
    requests: integer('requests').notNull(),
  },
  (table) => [
    primaryKey({
      columns: [
        table.grain,
        table.startMs,
        table.route,
        table.model,
        table.principal,
        table.reason,
        table.kind,
        table.step,
      ],
    }),
  ],
)
