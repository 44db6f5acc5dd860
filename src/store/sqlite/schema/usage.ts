// The tables of sums over decisions, by hour and by minute.
import { integer, primaryKey, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import type { UsageGrain, UsageMargin, UsageTimeKind } from '../../../core/records/usage.ts'
import type { Outcome, Reason } from '../../../core/types.ts'

/** `hour:route` keeps the route alone, `hour:all` neither it nor another: what is summed over is ''. */
export type StoredGrain = UsageGrain | `${'hour' | 'day'}:${UsageMargin}`

/** The dimensions of the sums, in the order of the primary keys. */
const countedBy = {
  grain: text('grain').$type<StoredGrain>().notNull(),
  startMs: integer('start_ms').notNull(),
  route: text('route').notNull(),
  model: text('model').notNull(),
  /** '' for requests without a key. */
  principal: text('principal').notNull(),
  reason: text('reason').$type<Reason>().notNull(),
}

type Dimension = keyof typeof countedBy

/** The columns of `countedBy` in a table: the beginning of its primary key. */
const countedColumns = <T extends Record<Dimension, unknown>>(
  table: T,
): [T[Dimension], ...T[Dimension][]] =>
  (Object.keys(countedBy) as Dimension[]).map((name) => table[name]) as [
    T[Dimension],
    ...T[Dimension][],
  ]

/** Sums over decisions, written with them. Whole numbers, so that removed values leave no rounding errors. */
export const usageCounts = sqliteTable(
  'usage_counts',
  {
    ...countedBy,
    outcome: text('outcome').$type<Outcome>().notNull(),
    requests: integer('requests').notNull(),
    promptTokens: integer('prompt_tokens').notNull(),
    completionTokens: integer('completion_tokens').notNull(),
    costNanoUsd: integer('cost_nano_usd').notNull(),
    /** Number of served requests with an unknown price. */
    unpriced: integer('unpriced').notNull(),
  },
  (table) => [primaryKey({ columns: [...countedColumns(table), table.outcome] })],
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
  (table) => [primaryKey({ columns: [...countedColumns(table), table.kind, table.step] })],
)
