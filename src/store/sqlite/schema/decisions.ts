// The tables of decisions, of votes on them, and of what a generation in the shadow would have decided. A decision and its completion
// are one row, with the names of core/types.ts in snake_case. Every list filter has an index ending in `id`, so that a page of any
// filter is a range scan newest first. Lists are JSON and booleans 0 or 1: rows.ts converts both, on the request path's thread.
import { sql } from 'drizzle-orm'
import {
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  unique,
} from 'drizzle-orm/sqlite-core'
import type { FeedbackSource, ImplicitKind, Verdict } from '../../../core/records/feedback.ts'
import type { AnswerFlaw, Arm, Outcome, Reason, Recipe } from '../../../core/types.ts'
import { float32Vector } from './float32-vector.ts'

export const decisions = sqliteTable(
  'decisions',
  {
    id: text('id').primaryKey(),
    createdAtMs: integer('created_at_ms').notNull(),
    requestId: text('request_id').notNull(),
    sessionId: text('session_id'),
    requestedModel: text('requested_model').notNull(),
    text: text('text'),
    textDigest: text('text_digest'),
    textIsTruncated: integer('text_is_truncated').notNull(),
    textHasSignal: integer('text_has_signal').notNull(),
    textFlags: text('text_flags').notNull(),
    embedding: float32Vector('embedding'),
    route: text('route').notNull(),
    model: text('model').notNull(),
    reason: text('reason').$type<Reason>().notNull(),
    degradedBy: text('degraded_by'),
    confidence: real('confidence'),
    margin: real('margin'),
    threshold: real('threshold'),
    scores: text('scores').notNull(),
    neighbours: text('neighbours').notNull(),
    /** JSON of what was taken over from earlier turns; null where nothing was. */
    inherited: text('inherited'),
    indexGeneration: integer('index_generation'),
    encoderId: text('encoder_id'),
    configVersion: text('config_version').notNull(),
    timings: text('timings').notNull(),
    /** Id of the key that asked, `local` without keys; null in rows of before there were keys. */
    principal: text('principal'),
    outcome: text('outcome').$type<Outcome>().notNull(),
    // The completion: null together until there is one. `completion_model` is the one that served or was tried last.
    completionModel: text('completion_model'),
    attempts: text('attempts'),
    promptTokens: integer('prompt_tokens'),
    completionTokens: integer('completion_tokens'),
    usageIsEstimated: integer('usage_is_estimated'),
    costUsd: real('cost_usd'),
    cache: text('cache'),
    firstTokenMs: real('first_token_ms'),
    totalMs: real('total_ms'),
    /** JSON of the models that were passed over; null where none was. */
    skipped: text('skipped'),
    /** JSON of how the model was chosen; null where the configured order or the caller decided. */
    selection: text('selection'),
    /** base64 of float32; null where the text is kept, because they can be recomputed from it. */
    wordLogits: text('word_logits'),
    arm: text('arm').$type<Arm>(),
    userDigest: text('user_digest'),
    /** Version of the rules that it was decided by; null, the first, in rows of before there were others. */
    recipe: integer('recipe').$type<Recipe>(),
    /** Of the completion: what is wanting in the answer; null where nothing is, or nothing is known of it. */
    flaw: text('flaw').$type<AnswerFlaw>(),
  },
  (table) => [
    index('decisions_by_route').on(table.route, table.id),
    index('decisions_by_reason').on(table.reason, table.id),
    index('decisions_by_outcome').on(table.outcome, table.id),
    index('decisions_by_created_at_ms').on(table.createdAtMs),
    index('decisions_by_principal').on(table.principal, table.id),
    index('decisions_by_session').on(table.sessionId, table.id),
    index('decisions_by_user')
      .on(table.userDigest, table.id)
      .where(sql`${table.userDigest} is not null`),
    index('decisions_by_generation').on(table.indexGeneration),
  ],
)

export const feedback = sqliteTable(
  'feedback',
  {
    id: text('id').primaryKey(),
    decisionId: text('decision_id')
      .notNull()
      .references(() => decisions.id, { onDelete: 'cascade' }),
    principal: text('principal').notNull(),
    verdict: text('verdict').$type<Verdict>().notNull(),
    correctRoute: text('correct_route'),
    score: real('score'),
    comment: text('comment'),
    createdAtMs: integer('created_at_ms').notNull(),
    source: text('source').$type<FeedbackSource>().notNull().default('explicit'),
    implicitKind: text('implicit_kind').$type<ImplicitKind>(),
  },
  (table) => [
    unique('feedback_one_vote').on(table.decisionId, table.principal),
    index('feedback_by_created_at_ms').on(table.createdAtMs, table.id),
  ],
)

/** What a generation in the shadow would have decided. No foreign key: the decision may still wait to be written. */
export const shadowDecisions = sqliteTable(
  'shadow_decisions',
  {
    decisionId: text('decision_id').notNull(),
    generation: integer('generation').notNull(),
    route: text('route').notNull(),
    reason: text('reason').$type<Reason>().notNull(),
    confidence: real('confidence'),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.decisionId, table.generation] }),
    index('shadow_decisions_by_generation').on(table.generation, table.decisionId),
    index('shadow_decisions_by_created_at_ms').on(table.createdAtMs),
  ],
)

export type DecisionRow = typeof decisions.$inferSelect
