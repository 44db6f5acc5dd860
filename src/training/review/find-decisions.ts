// Uncertain past decisions, the most instructive first.
import type { Config } from '../../config/config-schema.ts'
import { costUsd } from '../../core/decide/cost.ts'
import type { FeedbackWithDecision } from '../../core/records/feedback.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import type { Generation } from '../../vector-index/generation.ts'
import { type RankedDecision, rankDecisions } from './clusters/rank-decisions.ts'
import { type JudgedPrompt, sentenceRows } from './past-prompts.ts'
import type { DecisionItem } from './review-item.ts'

export interface FindDecisionsInput {
  prompts: readonly JudgedPrompt[]
  generation: Generation
  config: Config
  feedback: readonly FeedbackWithDecision[]
  rulings: readonly Ruling[]
  limit: number
}

const NEAREST_SHOWN = 3
/** Of a prompt whose completion is not known. */
const USUAL_USAGE = { promptTokens: 500, completionTokens: 500 }

/** Difference in USD between the models of the two best routes; null where a price is not known. */
const stakeOf = ({ scores, usage }: JudgedPrompt, config: Config): number | null => {
  const costs = scores.slice(0, 2).map(({ route }) => {
    const model = config.models[config.routes[route]?.models[0] ?? '']
    if (!model) return null
    const price = { input: model.input_usd_per_million, output: model.output_usd_per_million }
    return costUsd(usage?.usage ?? USUAL_USAGE, price)
  })
  const [first, second] = costs
  return first == null || second == null ? null : Math.abs(first - second)
}

const round = (share: number): string => `${Math.round(share * 100)} %`

const whyOf = (prompt: JudgedPrompt, ranked: RankedDecision, implicitBad: number): string => {
  const [first, second] = prompt.scores
  const doubt = prompt.isUnrouted
    ? `No route is sure enough (${first ? `best ${first.route}, ` : ''}confidence ${round(prompt.confidence)})`
    : `${first?.route} is ${round(prompt.confidence)} sure`
  const rival = second ? `, next comes ${second.route} with ${round(second.score)}` : ''
  const parts = [
    `${doubt}${rival}; stands for ${ranked.similar} ${ranked.similar === 1 ? 'prompt' : 'prompts'}`,
  ]
  if (ranked.stake > 1) parts.push('more than the usual cost hangs on it')
  if (implicitBad > 0) parts.push('what the caller did next speaks against the decision')
  return `${parts.join('; ')}.`
}

/** Decisions with a vote of a person, and how many implicit bad ones each has. */
const readVotes = (feedback: readonly FeedbackWithDecision[]) => {
  const voted = new Set<string>()
  const implicitBad = new Map<string, number>()
  for (const { decisionId, source, verdict } of feedback) {
    if (source !== 'implicit') voted.add(decisionId)
    else if (verdict === 'bad') implicitBad.set(decisionId, (implicitBad.get(decisionId) ?? 0) + 1)
  }
  return { voted, implicitBad }
}

interface Ranked {
  prompt: JudgedPrompt
  entry: RankedDecision
  /** Implicit bad votes on its decisions. */
  implicitBad: number
}

const toItem = (
  { prompt, entry, implicitBad }: Ranked,
  texts: ReadonlyMap<string, string>,
): DecisionItem => ({
  id: `d_${prompt.decisionId}`,
  kind: 'decision',
  decisionId: prompt.decisionId,
  text: prompt.text === '' ? null : prompt.text,
  route: prompt.route,
  reason: prompt.reason,
  best: prompt.scores.slice(0, 2),
  confidence: prompt.confidence,
  standsFor: entry.similar,
  worth: entry.worth,
  why: whyOf(prompt, entry, implicitBad),
  nearest: prompt.neighbours.slice(0, NEAREST_SHOWN).map((neighbour) => ({
    ...neighbour,
    text: texts.get(neighbour.exemplarId) || null,
  })),
})

/** At most `limit`, in the order in which they should be labelled. */
export const findDecisions = (input: FindDecisionsInput): DecisionItem[] => {
  const { prompts, generation, config, limit } = input
  const { voted, implicitBad } = readVotes(input.feedback)
  for (const { subject, subjectId } of input.rulings) {
    if (subject === 'decision') voted.add(subjectId)
  }
  const against = prompts.map(({ decisionIds }) =>
    decisionIds.reduce((sum, id) => sum + (implicitBad.get(id) ?? 0), 0),
  )
  const rows = sentenceRows(
    prompts.map(({ embedding }) => embedding),
    generation.manifest.searchDimensions,
  )
  const ranked = rankDecisions(
    rows,
    prompts.map((prompt, i) => ({
      ...prompt,
      times: prompt.decisionIds.length,
      stakeUsd: stakeOf(prompt, config),
      implicitBad: against[i] ?? 0,
      isOpen: !prompt.decisionIds.some((id) => voted.has(id)),
    })),
    limit,
  )
  const texts = new Map(generation.exemplars.map(({ id, text }) => [id, text]))
  return ranked.map((entry) => {
    const prompt = prompts[entry.row] as JudgedPrompt
    return toItem({ prompt, entry, implicitBad: against[entry.row] ?? 0 }, texts)
  })
}
