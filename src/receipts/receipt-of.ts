// Compares a stored decision with the reproduced one: the verdict, the differences and the reasons.

import type { Config } from '../config/config-schema.ts'
import { continuationWeight, turnCues } from '../core/conversation/conversation.ts'
import type { StoredDecision } from '../core/records/stored-decision.ts'
import { toRouterError } from '../errors.ts'
import { historyDecay, weightOf } from '../routing/classify-conversation.ts'
import { compareDecisions, compareText, compareWeight, compareWords } from './compare.ts'
import { explain } from './explain.ts'
import type { OpenGeneration } from './kept-generations.ts'
import type { AskedExemplar, Difference, Receipt } from './receipt.ts'
import { type Remade, remake } from './remake.ts'
import { causesOf, type Made, notesOf } from './sentences.ts'

const askedExemplars = (
  { neighbours, route }: StoredDecision,
  opened: OpenGeneration | null,
): AskedExemplar[] => {
  const wanted = new Set(neighbours.map(({ exemplarId }) => exemplarId))
  const held = (opened?.generation.exemplars ?? []).filter(({ id }) => wanted.has(id))
  const known = new Map(held.map((exemplar) => [exemplar.id, exemplar]))
  return neighbours.map((neighbour) => ({
    ...neighbour,
    text: known.get(neighbour.exemplarId)?.text ?? null,
    source: known.get(neighbour.exemplarId)?.source ?? null,
    isFor: neighbour.route === route,
  }))
}

/** The receipt of a decision that could not be reproduced. */
export const unmadeReceipt = (
  { evidence, opened, turn }: Made,
  reasons: readonly string[],
): Receipt => ({
  verdict: 'not_reproducible',
  reasons: [...reasons],
  notes: notesOf(evidence, turn),
  differences: [],
  decision: evidence.decision,
  remade: null,
  explanation: null,
  exemplars: askedExemplars(evidence.decision, opened),
  votes: evidence.votes,
})

/** For an earlier turn in the history, the weight follows from the wording and the distance. */
const weightDifferences = ({ inherited, routingText }: StoredDecision, { own }: Remade) => {
  if (inherited?.source !== 'history' || inherited.turnsBack === null) return []
  if (routingText.text === '' && routingText.hasSignal) return []
  const cues = turnCues(routingText.text)
  const wording = continuationWeight(cues, own)
  const decay = historyDecay(inherited.turnsBack)
  const weight = weightOf(own, { cues, wording, decay })
  return compareWeight(inherited.weight, weight)
}

const allDifferences = ({ evidence, turn }: Made, remade: Remade): Difference[] => [
  ...compareDecisions(evidence.decision, remade),
  ...weightDifferences(evidence.decision, remade),
  ...compareText(evidence.decision),
  ...compareWords(evidence.decision.wordLogits, turn?.wordLogits ?? null),
]

const OWN_CHAIN =
  'The fallback models are unknown: a request may bring a list of its own, and its body is not kept.'

/** Whether the model came from the request's own list rather than the configured chain. */
const isOwnChain = ({ skipped }: StoredDecision, differences: readonly Difference[]) =>
  skipped.length > 0 && differences.length === 1 && differences[0]?.field === 'model'

const tryRemake = (made: Made, config: Config): Remade | { problem: string } => {
  const { evidence, opened, turn } = made
  const { decision, key } = evidence
  try {
    return remake({ decision, config, opened, key, turn })
  } catch (error) {
    return { problem: `It cannot be made again. ${toRouterError(error).message}` }
  }
}

/** Reproduces the decision and compares it. */
export const receiptOf = (made: Made, config: Config): Receipt => {
  const { evidence, opened } = made
  const remade = tryRemake(made, config)
  if ('problem' in remade) return unmadeReceipt(made, [remade.problem])
  const differences = allDifferences(made, remade)
  const { neighbours: _, own: __, selection: ___, classification, ...shown } = remade
  const isUnknown = isOwnChain(evidence.decision, differences)
  const isSame = differences.length === 0
  return {
    ...unmadeReceipt(made, isUnknown ? [OWN_CHAIN] : isSame ? [] : causesOf(differences, made)),
    verdict: isUnknown ? 'not_reproducible' : isSame ? 'reproduced' : 'differs',
    differences,
    remade: shown,
    explanation: explain(classification, evidence.decision),
    exemplars: askedExemplars(evidence.decision, opened),
  }
}
