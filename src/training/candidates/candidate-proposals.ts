// Feedback → candidates, first half: votes on the same prompt become one proposal for the route with the greatest weight. Pure.
import { createHash } from 'node:crypto'
import type { Config } from '../../config/config-schema.ts'
import type { RowShape } from '../../core/linear/vectors.ts'
import type { FeedbackSource, FeedbackWithDecision } from '../../core/records/feedback.ts'
import { unknownRoute } from '../../core/suggest.ts'
import { NONE_ROUTE } from '../../core/types.ts'
import { feedbackExemplarId, MAX_EXEMPLAR_CHARS, textKey } from '../exemplars/exemplar-line.ts'
import { isUnitVector } from '../exemplars/unit-vector.ts'
import { isHeldOutVote, isOperatorVote } from './held-out-vote.ts'

export interface RejectedVote {
  decisionId: string
  reason: string
}

/** A prompt, and the route that its votes name as right. */
export interface Proposal {
  /** Id of the exemplar that it would become. */
  exemplarId: string
  route: string
  /** Null where texts are not stored; `vector` is then set. */
  text: string | null
  /** The decision's stored row, if the current encoder made it; null: embed the text. */
  vector: Float32Array | null
  /** Decisions with votes for `route`, and with votes for another route; oldest first. */
  decisionIds: string[]
  outvotedIds: string[]
  principals: string[]
  /** Weight of the votes for `route`, one per principal, and its share of the weight of all votes. */
  weight: number
  share: number
  /** Weights by route, for messages: `code 3, math 1`. */
  tally: string
  /** True where a vote says that the route taken was wrong; false where all votes confirm it. */
  isCorrection: boolean
  /** True where an operator voted for it: a reviewer, an import, or the local user of a server without keys. */
  isTrusted: boolean
  /** True where an operator judged this very prompt: its neighbourhood is then not checked. */
  hasOperatorVote: boolean
  /** True where the prompt is held out: never trained on. */
  isHeldOut: boolean
}

export interface ProposalInput extends RowShape {
  /** Effective feedback, oldest first. */
  feedback: readonly FeedbackWithDecision[]
  encoderId: string
  /** Configured routes; `none` is always allowed besides. */
  routes: Iterable<string>
  weights: Config['training']['feedback']['weights']
  heldOutShare: number
}

interface Vote {
  decisionId: string
  principal: string
  source: FeedbackSource
  /** Route that the vote names as right. */
  route: string
  isCorrection: boolean
  text: string | null
  vector: Float32Array | null
}

/** The decision's stored vector, if it is by the current encoder and undamaged. */
const usableVector = (feedback: FeedbackWithDecision, input: ProposalInput) => {
  const { embedding, encoderId } = feedback
  if (embedding === null || encoderId !== input.encoderId) return null
  return isUnitVector(embedding, input) ? embedding : null
}

const toVote = (
  feedback: FeedbackWithDecision,
  input: ProposalInput,
  allowed: Set<string>,
): Vote | string => {
  const { decisionId, verdict, correctRoute, route: takenRoute, principal, source } = feedback
  const text = feedback.text !== null && feedback.text.trim() !== '' ? feedback.text : null
  const vector = usableVector(feedback, input)
  const route = verdict === 'bad' ? correctRoute : takenRoute
  if (feedback.reason === 'pinned') {
    return 'The caller chose the route or the model, so there was no classification that the vote could be about.'
  }
  if (feedback.reason === 'session') {
    return 'The decision continued an earlier turn, so its own text says nothing about the route; vote on that turn.'
  }
  if (route === null) {
    return 'The vote names no correct_route, so there is nothing to learn from it.'
  }
  if (!allowed.has(route)) return unknownRoute(route, allowed)
  if (text === null && feedback.embedding === null) {
    return 'Neither text nor embedding of the decision is stored; a pinned or degraded decision has none.'
  }
  if (text === null && vector === null) {
    return feedback.encoderId === input.encoderId
      ? 'The text is not stored, and its vector is damaged.'
      : `The text is not stored, and its vector is of another encoder (${feedback.encoderId ?? 'unknown'}, now ${input.encoderId}).`
  }
  if (text !== null && text.length > MAX_EXEMPLAR_CHARS) {
    return `The text has more than ${MAX_EXEMPLAR_CHARS} characters.`
  }
  return { decisionId, principal, source, route, isCorrection: verdict === 'bad', text, vector }
}

/** A `good` vote on an unmatched prompt on the default route does not say which route is right. */
const saysWhichRoute = (feedback: FeedbackWithDecision): boolean =>
  feedback.verdict === 'bad' || feedback.reason === 'matched'

const contentOf = ({ text, vector }: Pick<Vote, 'text' | 'vector'>): string => {
  if (text !== null) return text
  const { buffer, byteOffset, byteLength } = vector ?? new Float32Array()
  return createHash('sha256')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex')
}

const groupKey = (vote: Vote): string =>
  vote.text === null ? `vector ${contentOf(vote)}` : `text ${textKey(vote.text)}`

/** The last vote of each principal on one prompt: many votes by one key weigh as much as one. */
const lastOfEach = (votes: readonly Vote[]): Vote[] => [
  ...new Map(votes.map((vote) => [vote.principal, vote])).values(),
]

/** Weight by route, descending; ties go to the route that was named first. */
const weigh = (votes: readonly Vote[], weights: ProposalInput['weights']): [string, number][] => {
  const sums = new Map<string, number>()
  for (const { route, source } of votes) sums.set(route, (sums.get(route) ?? 0) + weights[source])
  return [...sums].sort((a, b) => b[1] - a[1])
}

const rounded = (weight: number): string => String(Math.round(weight * 100) / 100)

const toProposal = (votes: readonly Vote[], input: ProposalInput): Proposal | null => {
  const effective = lastOfEach(votes)
  const sums = weigh(effective, input.weights)
  const [winner] = sums
  if (!winner || winner[1] === 0) return null
  const [route, weight] = winner
  const carrying = votes.filter((vote) => vote.route === route)
  const [first] = carrying
  if (!first) return null
  const vector = carrying.find((vote) => vote.vector !== null)?.vector ?? null
  const supporters = effective.filter((vote) => vote.route === route)
  const total = sums.reduce((sum, [, w]) => sum + w, 0)
  return {
    exemplarId: feedbackExemplarId(route, contentOf(first)),
    route,
    text: first.text,
    vector,
    decisionIds: carrying.map(({ decisionId }) => decisionId),
    outvotedIds: votes.filter((v) => v.route !== route).map(({ decisionId }) => decisionId),
    principals: [...new Set(supporters.map(({ principal }) => principal))],
    weight,
    share: weight / total,
    tally: sums.map(([name, sum]) => `${name} ${rounded(sum)}`).join(', '),
    isCorrection: carrying.some(({ isCorrection }) => isCorrection),
    isTrusted: supporters.some((vote) => vote.source === 'import' || isOperatorVote(vote)),
    hasOperatorVote: supporters.some(isOperatorVote),
    isHeldOut:
      !votes.some(isOperatorVote) &&
      isHeldOutVote({ text: first.text, embedding: first.vector }, input.heldOutShare),
  }
}

/** Groups all effective feedback by prompt. Votes that cannot be learned from are rejected, each with its reason. */
export const toProposals = (
  input: ProposalInput,
): { proposals: Proposal[]; rejected: RejectedVote[] } => {
  const allowed = new Set([...input.routes, NONE_ROUTE])
  const rejected: RejectedVote[] = []
  const groups = new Map<string, Vote[]>()
  for (const feedback of input.feedback) {
    if (feedback.source === 'implicit' && feedback.correctRoute === null) continue
    if (!saysWhichRoute(feedback)) continue
    const vote = toVote(feedback, input, allowed)
    if (typeof vote !== 'string') {
      const key = groupKey(vote)
      const group = groups.get(key)
      if (group) group.push(vote)
      else groups.set(key, [vote])
    } else if (feedback.verdict === 'bad') {
      rejected.push({ decisionId: feedback.decisionId, reason: vote })
    }
  }
  const proposals = [...groups.values()].flatMap((votes) => toProposal(votes, input) ?? [])
  return { proposals, rejected }
}
