// Decisions ⇄ rows. The one place that applies storage.store_text: text that may not be stored gets no further. Lists become JSON here,
// because cloning them for the worker in batches took the event loop several ms.
import type { StoredDecision } from '../../core/records/stored-decision.ts'
import type { Completion, Decision } from '../../core/types.ts'
import type { StoreText } from '../store.ts'
import type { DecisionRow } from './schema/decisions.ts'

export const COMPLETION_COLUMNS = [
  'outcome',
  'completionModel',
  'attempts',
  'promptTokens',
  'completionTokens',
  'usageIsEstimated',
  'costUsd',
  'cache',
  'firstTokenMs',
  'totalMs',
  'flaw',
] as const

export type CompletionRow = Pick<DecisionRow, (typeof COMPLETION_COLUMNS)[number]>

const NOT_COMPLETED: Omit<CompletionRow, 'outcome'> = {
  completionModel: null,
  attempts: null,
  promptTokens: null,
  completionTokens: null,
  usageIsEstimated: null,
  costUsd: null,
  cache: null,
  firstTokenMs: null,
  totalMs: null,
  flaw: null,
}

/**
 * `full` stores text and digest, `hash` the digest, `off` neither; without the text the word head's logits are stored instead. The
 * embedding is copied and always stored.
 */
export const toDecisionRow = (
  decision: Decision,
  outcome: 'pending' | 'dry_run',
  storeText: StoreText,
): DecisionRow => {
  const { routingText, scores, neighbours, inherited, timings, skipped, selection } = decision
  const { wordLogits, embedding } = decision
  // Spread last: keys added behind a spread take V8 a microsecond each, and there are 24 of them.
  return {
    outcome,
    text: storeText === 'full' ? routingText.text : null,
    textDigest: storeText === 'off' ? null : routingText.digest,
    textIsTruncated: Number(routingText.isTruncated),
    textHasSignal: Number(routingText.hasSignal),
    textFlags: toList(routingText.flags),
    embedding: embedding?.slice() ?? null,
    scores: toList(scores),
    neighbours: toList(neighbours),
    inherited: inherited ? JSON.stringify(inherited) : null,
    timings: JSON.stringify(timings),
    skipped: skipped.length > 0 ? JSON.stringify(skipped) : null,
    selection: selection && JSON.stringify(selection),
    wordLogits: storeText === 'full' || !wordLogits ? null : toBase64(wordLogits),
    ...toPlainColumns(decision),
    ...NOT_COMPLETED,
  }
}

const toList = (values: readonly unknown[]): string =>
  values.length === 0 ? '[]' : JSON.stringify(values)

/**
 * What is kept as it is, named one by one: taking the others away from a copy takes ten times as long. The classification
 * is not among them: what the decision was made from is remade from the embedding.
 */
const toPlainColumns = (decision: Decision) => ({
  id: decision.id,
  createdAtMs: decision.createdAtMs,
  requestId: decision.requestId,
  sessionId: decision.sessionId,
  requestedModel: decision.requestedModel,
  route: decision.route,
  model: decision.model,
  reason: decision.reason,
  degradedBy: decision.degradedBy,
  confidence: decision.confidence,
  margin: decision.margin,
  threshold: decision.threshold,
  indexGeneration: decision.indexGeneration,
  encoderId: decision.encoderId,
  configVersion: decision.configVersion,
  arm: decision.arm,
  userDigest: decision.userDigest,
  recipe: decision.recipe,
  principal: decision.principal,
})

const toBase64 = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  Buffer.from(buffer, byteOffset, byteLength).toString('base64')

const fromBase64 = (text: string): Float32Array =>
  new Float32Array(new Uint8Array(Buffer.from(text, 'base64')).buffer)

export const toCompletionRow = (completion: Completion): CompletionRow => ({
  outcome: completion.outcome,
  completionModel: completion.model,
  attempts: JSON.stringify(completion.attempts),
  promptTokens: completion.usage?.promptTokens ?? null,
  completionTokens: completion.usage?.completionTokens ?? null,
  usageIsEstimated: completion.usage ? Number(completion.usage.isEstimated) : null,
  costUsd: completion.costUsd,
  cache: completion.cache ?? null,
  firstTokenMs: completion.firstTokenMs,
  totalMs: completion.totalMs,
  flaw: completion.flaw ?? null,
})

/** A text or digest that was not stored is read as the empty string. */
export const fromDecisionRow = (row: DecisionRow): StoredDecision => ({
  id: row.id,
  createdAtMs: row.createdAtMs,
  requestId: row.requestId,
  sessionId: row.sessionId,
  requestedModel: row.requestedModel,
  routingText: {
    text: row.text ?? '',
    digest: row.textDigest ?? '',
    isTruncated: row.textIsTruncated === 1,
    hasSignal: row.textHasSignal === 1,
    flags: JSON.parse(row.textFlags),
  },
  embedding: row.embedding,
  route: row.route,
  model: row.model,
  reason: row.reason,
  degradedBy: row.degradedBy,
  confidence: row.confidence,
  margin: row.margin,
  threshold: row.threshold,
  scores: JSON.parse(row.scores),
  neighbours: JSON.parse(row.neighbours),
  classification: null,
  inherited: row.inherited === null ? null : JSON.parse(row.inherited),
  indexGeneration: row.indexGeneration,
  encoderId: row.encoderId,
  configVersion: row.configVersion,
  timings: JSON.parse(row.timings),
  skipped: row.skipped === null ? [] : JSON.parse(row.skipped),
  selection: row.selection === null ? null : JSON.parse(row.selection),
  wordLogits: row.wordLogits === null ? null : fromBase64(row.wordLogits),
  arm: row.arm,
  userDigest: row.userDigest,
  recipe: row.recipe ?? 1,
  principal: row.principal,
  outcome: row.outcome,
  completion: completionOf(row),
})

const completionOf = (row: DecisionRow): Completion | null => {
  const { outcome, completionModel, attempts, totalMs, promptTokens, completionTokens } = row
  if (outcome === 'pending' || outcome === 'dry_run') return null
  if (completionModel === null || attempts === null || totalMs === null) return null
  const hasUsage = promptTokens !== null && completionTokens !== null
  return {
    outcome,
    model: completionModel,
    attempts: JSON.parse(attempts),
    usage: hasUsage
      ? { promptTokens, completionTokens, isEstimated: row.usageIsEstimated === 1 }
      : null,
    costUsd: row.costUsd,
    ...(row.cache === 'exact' || row.cache === 'semantic' ? { cache: row.cache } : {}),
    ...(row.flaw && { flaw: row.flaw }),
    firstTokenMs: row.firstTokenMs,
    totalMs,
  }
}
