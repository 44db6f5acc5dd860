// The table of what was measured of models on prompts.
import { index, integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'
import { float32Vector } from './float32-vector.ts'

/** Prompts on which somebody has measured several models; scores and costs are JSON by model. */
export const evaluatedPrompts = sqliteTable(
  'evaluated_prompts',
  {
    id: text('id').primaryKey(),
    label: text('label').notNull(),
    text: text('text'),
    embedding: float32Vector('embedding').notNull(),
    encoderId: text('encoder_id').notNull(),
    scores: text('scores').notNull(),
    costs: text('costs').notNull(),
    /** Who imported it. */
    principal: text('principal').notNull(),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [
    index('evaluated_prompts_by_created_at_ms').on(table.createdAtMs),
    index('evaluated_prompts_by_principal').on(table.principal),
  ],
)
