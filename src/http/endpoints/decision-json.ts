// A decision → JSON of /v1/route, /v1/decisions and its list. The types are in decision-schemas.ts.
import type { z } from 'zod'
import type { StoredDecision } from '../../core/records/stored-decision.ts'
import type { Attempt, Decision } from '../../core/types.ts'
import { type Explanation, explain } from '../../receipts/explain.ts'
import type { HttpDeps } from '../request/deps.ts'
import type {
  decisionListSchema,
  decisionSchema,
  explainedDecisionSchema,
  receiptSchema,
} from './decision-schemas.ts'
import { selectionJson } from './selection-json.ts'

type DecisionJson = z.infer<typeof decisionSchema>
type ExplainedJson = z.infer<typeof explainedDecisionSchema>
type ReceiptJson = z.infer<typeof receiptSchema>
type ListedJson = z.infer<typeof decisionListSchema>['data'][number]

const iso = (epochMs: number): string => new Date(epochMs).toISOString()

const timingsJson = (timings: Decision['timings']): DecisionJson['timings'] => ({
  ...(timings.routingTextMs === undefined ? {} : { routing_text_ms: timings.routingTextMs }),
  ...(timings.embedMs === undefined ? {} : { embed_ms: timings.embedMs }),
  ...(timings.searchMs === undefined ? {} : { search_ms: timings.searchMs }),
  ...(timings.scoreMs === undefined ? {} : { score_ms: timings.scoreMs }),
  total_ms: timings.totalMs,
})

const neighboursJson = (
  { neighbours }: Decision,
  exemplars: HttpDeps['exemplars'],
): DecisionJson['neighbours'] => {
  const texts = exemplars(neighbours.map(({ exemplarId }) => exemplarId))
  return neighbours.map(({ exemplarId, route, similarity }) => ({
    exemplar_id: exemplarId,
    route,
    similarity,
    text: texts.get(exemplarId)?.text ?? null,
    source: texts.get(exemplarId)?.source ?? null,
  }))
}

const inheritedJson = ({ inherited }: Decision): DecisionJson['inherited'] => {
  if (!inherited) return null
  const { source, weight, cues, turnsBack, earlier, own } = inherited
  return {
    source,
    weight,
    cues,
    turns_back: turnsBack,
    earlier: { route: earlier.route, confidence: earlier.confidence, scores: earlier.scores },
    own: own && { confidence: own.confidence, scores: own.scores },
  }
}

const decisionFields = (decision: Decision): Omit<DecisionJson, 'neighbours'> => ({
  object: 'decision',
  id: decision.id,
  request_id: decision.requestId,
  created_at: iso(decision.createdAtMs),
  requested_model: decision.requestedModel,
  session_id: decision.sessionId,
  route: decision.route,
  model: decision.model,
  reason: decision.reason,
  degraded_by: decision.degradedBy,
  confidence: decision.confidence,
  margin: decision.margin,
  threshold: decision.threshold,
  scores: decision.scores,
  inherited: inheritedJson(decision),
  selection: selectionJson(decision.selection),
  routing_text: decision.routingText.text,
  truncated: decision.routingText.isTruncated,
  flags: decision.routingText.flags,
  index_generation: decision.indexGeneration,
  arm: decision.arm,
  encoder_id: decision.encoderId,
  config_version: decision.configVersion,
  timings: timingsJson(decision.timings),
})

const attemptJson = (attempt: Attempt): ReceiptJson['attempts'][number] => ({
  provider: attempt.provider,
  model: attempt.model,
  started_at: iso(attempt.startedAtMs),
  duration_ms: attempt.durationMs,
  status: attempt.status,
  error_code: attempt.errorCode,
})

/** The whole decision, neighbours with the text of their exemplars. */
export const decisionJson = (
  decision: Decision,
  exemplars: HttpDeps['exemplars'],
): DecisionJson => ({
  ...decisionFields(decision),
  neighbours: neighboursJson(decision, exemplars),
})

export const explanationJson = (explanation: Explanation | null): ExplainedJson['explanation'] =>
  explanation && {
    parts: explanation.parts.map(({ withoutIt, ...part }) => ({ ...part, without_it: withoutIt })),
    twin_share: explanation.twinShare,
    novelty: explanation.novelty,
    novelty_limit: explanation.noveltyLimit,
    runner_up: explanation.runnerUp && {
      route: explanation.runnerUp.route,
      score: explanation.runnerUp.score,
      odds_behind: explanation.runnerUp.oddsBehind,
    },
    what_if: explanation.whatIf,
  }

/** A new decision with the probabilities by each part of the classifier. */
export const explainedJson = (
  decision: Decision,
  exemplars: HttpDeps['exemplars'],
): ExplainedJson => ({
  ...decisionJson(decision, exemplars),
  explanation: explanationJson(explain(decision.classification, decision)),
  ...(decision.skipped.length > 0 ? { skipped: decision.skipped } : {}),
})

/** A row of the list: everything except the neighbours. */
export const listedJson = (stored: StoredDecision): ListedJson => {
  const { completion } = stored
  const usage = completion?.usage
  return {
    ...decisionFields(stored),
    outcome: stored.outcome,
    served_model: completion?.model ?? null,
    attempts: (completion?.attempts ?? []).map(attemptJson),
    usage: usage
      ? {
          prompt_tokens: usage.promptTokens,
          completion_tokens: usage.completionTokens,
          is_estimated: usage.isEstimated,
        }
      : null,
    cost_usd: completion?.costUsd ?? null,
    cache: completion?.cache ?? null,
    first_token_ms: completion?.firstTokenMs ?? null,
    total_ms: completion?.totalMs ?? null,
  }
}

/** The encoder's whole row as base64 of little-endian float32, as OpenAI encodes embeddings. */
const base64 = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

export const receiptJson = (
  stored: StoredDecision,
  options: { exemplars: HttpDeps['exemplars']; withEmbedding: boolean },
): ReceiptJson => ({
  ...listedJson(stored),
  neighbours: neighboursJson(stored, options.exemplars),
  ...(options.withEmbedding
    ? { embedding: stored.embedding ? base64(stored.embedding) : null }
    : {}),
})
