// The tables. Names are those of core/types.ts in snake_case; a decision and its completion are one row.
// Every list filter has an index ending in `id`, so that a page of any filter is a range scan newest first.
// Lists are JSON and booleans 0 or 1: rows.ts converts both, once, on the request path's side of the thread.

import { sql } from 'drizzle-orm'
import type { BetterSQLite3Database } from 'drizzle-orm/better-sqlite3'
import {
  customType,
  index,
  integer,
  primaryKey,
  real,
  sqliteTable,
  text,
  unique,
} from 'drizzle-orm/sqlite-core'
import type { AlertKind, Severity } from '../../core/alerting/alert.ts'
import type { FeedbackSource, ImplicitKind, Verdict } from '../../core/records/feedback.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import type { UsageGrain, UsageTimeKind } from '../../core/records/usage.ts'
import type { AnswerFlaw, Arm, Outcome, Reason, Recipe } from '../../core/types.ts'

/** What the statements of the tables run on. */
export type Db = BetterSQLite3Database

/** A vector's bytes as they are stored: float32 in the machine's order, which is little-endian wherever Node runs. */
export const toBlob = (vector: Float32Array | null): Buffer | null =>
  vector && Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength)

/** Read back as a copy, because a row's bytes may be unaligned. Parameters of prepared statements pass `toBlob` first. */
const float32Vector = customType<{ data: Float32Array; driverData: Buffer }>({
  dataType: () => 'blob',
  toDriver: (vector) => toBlob(vector) as Buffer,
  fromDriver: (bytes) => new Float32Array(new Uint8Array(bytes).buffer),
})

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

/** What people have ruled, all of it: the last row written of a subject is in force. */
export const rulings = sqliteTable(
  'rulings',
  {
    /** In the order of writing: clocks may go back, and ids with them. */
    position: integer('position').primaryKey({ autoIncrement: true }),
    id: text('id').notNull().unique('rulings_once'),
    subject: text('subject').$type<Ruling['subject']>().notNull(),
    subjectId: text('subject_id').notNull(),
    action: text('action').$type<Ruling['action']>().notNull(),
    route: text('route'),
    author: text('author').notNull(),
    note: text('note'),
    createdAtMs: integer('created_at_ms').notNull(),
  },
  (table) => [index('rulings_by_subject').on(table.subject, table.subjectId, table.position)],
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

/** Exemplars made of what was forgotten; kept for good, so that they never come back from an older generation. */
export const forgottenExemplars = sqliteTable('forgotten_exemplars', {
  exemplarId: text('exemplar_id').primaryKey(),
  forgottenAtMs: integer('forgotten_at_ms').notNull(),
})

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
    /** JSON: the response as it was told. */
    response: text('response').notNull(),
    expiresAtMs: integer('expires_at_ms').notNull(),
  },
  (table) => [
    primaryKey({ columns: [table.principal, table.id] }),
    index('stored_responses_by_expiry').on(table.expiresAtMs),
    index('stored_responses_by_decision').on(table.decisionId),
  ],
)

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

/** What alerts began and ended. */
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

/** Facts about the database itself, e.g. which damaged file it replaces. */
export const meta = sqliteTable('meta', {
  key: text('key').primaryKey(),
  value: text('value').notNull(),
})

export type EvaluatedPromptRow = typeof evaluatedPrompts.$inferSelect
export type DecisionRow = typeof decisions.$inferSelect
export type GatewayKeyRow = typeof gatewayKeys.$inferSelect
