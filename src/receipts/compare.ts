// Compares a stored decision with the remade one, field by field.
import { createHash } from 'node:crypto'
import type { StoredDecision } from '../core/records/stored-decision.ts'
import type { Estimate } from '../core/select/select-models.ts'
import type { Neighbour, RouteScore } from '../core/types.ts'
import type { Difference } from './receipt.ts'
import type { Remade } from './remake.ts'

/** Tolerance for a different order of summation; numbers are stored in full precision. */
const TOLERANCE = 1e-9

type Value = Difference['stored']

export const isEqual = (a: Value, b: Value): boolean =>
  typeof a === 'number' && typeof b === 'number' ? Math.abs(a - b) <= TOLERANCE : a === b

/** One difference or none. */
const differ = (field: string, stored: Value, remade: Value): Difference[] =>
  isEqual(stored, remade) ? [] : [{ field, stored, remade }]

/** Compares scores by route; a route of only one side is null on the other. */
const scoreDifferences = (
  field: string,
  stored: readonly RouteScore[],
  remade: readonly RouteScore[],
): Difference[] => {
  const then = new Map(stored.map(({ route, score }) => [route, score]))
  const now = new Map(remade.map(({ route, score }) => [route, score]))
  return [...new Set([...then.keys(), ...now.keys()])].flatMap((route) =>
    differ(`${field}.${route}`, then.get(route) ?? null, now.get(route) ?? null),
  )
}

const nameOf = (neighbour: Neighbour | undefined): string | null =>
  neighbour ? `${neighbour.exemplarId} (${neighbour.route})` : null

/** Compares neighbours by position: exemplar and similarity. */
const neighbourDifferences = (
  stored: readonly Neighbour[],
  remade: readonly Neighbour[],
): Difference[] =>
  Array.from({ length: Math.max(stored.length, remade.length) }, (_, i) => {
    const [then, now] = [stored[i], remade[i]]
    const name = differ(`neighbours.${i}`, nameOf(then), nameOf(now))
    return name.length > 0
      ? name
      : differ(`neighbours.${i}.similarity`, then?.similarity ?? null, now?.similarity ?? null)
  }).flat()

/** Compares the turn's own classification in an inherited decision. */
const ownDifferences = ({ inherited }: StoredDecision, { own }: Remade): Difference[] => {
  if (!inherited) return []
  const stored = inherited.own
  return [
    ...differ('inherited.own.confidence', stored?.confidence ?? null, own?.confidence ?? null),
    ...differ('inherited.own.novelty', stored?.novelty ?? null, own?.novelty ?? null),
    ...scoreDifferences('inherited.own.scores', stored?.scores ?? [], own?.scores ?? []),
  ]
}

/** Compares the outcome model's estimate of a model. */
const estimateDifferences = (model: string, stored?: Estimate, remade?: Estimate): Difference[] => [
  ...differ(`selection.${model}.quality`, stored?.quality ?? null, remade?.quality ?? null),
  ...differ(`selection.${model}.half_width`, stored?.halfWidth ?? null, remade?.halfWidth ?? null),
  ...differ(`selection.${model}.estimated_usd`, stored?.costUsd ?? null, remade?.costUsd ?? null),
]

/** Compares each candidate's expected cost, by the prices of then, and its propensity. */
const selectionDifferences = (
  { selection: stored }: StoredDecision,
  { selection: remade }: Remade,
): Difference[] => {
  const now = new Map(remade?.candidates.map((candidate) => [candidate.model, candidate]))
  return [
    ...differ('selection.policy', stored?.policy ?? null, remade?.policy ?? null),
    ...differ('selection.price', stored?.learned?.price ?? null, remade?.learned?.price ?? null),
    ...differ(
      'selection.fallback',
      stored?.learned?.fallback ?? null,
      remade?.learned?.fallback ?? null,
    ),
    ...(stored?.candidates ?? []).flatMap(({ model, costUsd, propensity, estimate }) => [
      ...estimateDifferences(model, estimate, now.get(model)?.estimate),
      ...differ(`selection.${model}.cost_usd`, costUsd, now.get(model)?.costUsd ?? null),
      ...differ(`selection.${model}.propensity`, propensity, now.get(model)?.propensity ?? null),
    ]),
  ]
}

const FIELDS = ['route', 'model', 'reason', 'confidence', 'margin', 'threshold'] as const

export const compareDecisions = (stored: StoredDecision, remade: Remade): Difference[] => [
  ...FIELDS.flatMap((field) => differ(field, stored[field], remade[field])),
  ...scoreDifferences('scores', stored.scores, remade.scores),
  ...neighbourDifferences(stored.neighbours, remade.neighbours),
  ...ownDifferences(stored, remade),
  ...selectionDifferences(stored, remade),
]

/** Compares the stored text with the stored digest. */
export const compareText = ({ routingText }: StoredDecision): Difference[] => {
  const { text, digest } = routingText
  if (text === '' || digest === '') return []
  return differ('routing_text.digest', digest, createHash('sha256').update(text).digest('hex'))
}

/** Compares the recorded logits of the word head with the recomputed ones. */
export const compareWords = (
  stored: Float32Array | null | undefined,
  remade: Float32Array | null,
): Difference[] => {
  if (!stored || !remade) return []
  const length = Math.max(stored.length, remade.length)
  return Array.from({ length }, (_, i) =>
    differ(`word_logits.${i}`, stored[i] ?? null, remade[i] ?? null),
  ).flat()
}

/** Compares the recorded weight of the earlier turn with the recomputed one. */
export const compareWeight = (stored: number, remade: number): Difference[] =>
  differ('inherited.weight', stored, remade)
