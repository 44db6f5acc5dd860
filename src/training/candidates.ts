// Feedback → candidates: which corrected prompts become exemplars of the next generation, and why the others do not.
// Pure: votes on the same text are one candidate, the majority decides, and what people curated always wins over votes.
import { createHash } from 'node:crypto'
import { type Exemplar, NONE_ROUTE } from '../core/types.ts'
import { dot, type RowShape } from '../core/vectors.ts'
import type { FeedbackWithDecision } from '../store/store.ts'
import { feedbackExemplarId, MAX_EXEMPLAR_CHARS, textKey } from './exemplar-line.ts'
import { unknownRoute } from './suggest.ts'
import { isUnitVector } from './unit-vector.ts'

/** Shown in place of a text that `storage.store_text` kept out of the store. */
export const TEXT_NOT_STORED = '(text not stored)'

/** Vectors closer than this come from the same text. */
const SAME_VECTOR = 0.99999

/** A promoted correction. `exemplar.text` is empty where the store keeps no text; its vector then stands for it. */
export interface AcceptedCandidate {
  exemplar: Exemplar
  /** Decisions whose votes carried it, oldest first. */
  decisionIds: string[]
  /** The decision's own vector where it was made by the present encoder, else null: embed the text. */
  vector: Float32Array | null
}

export interface RejectedVote {
  decisionId: string
  reason: string
}

export interface CandidateReport {
  accepted: AcceptedCandidate[]
  rejected: RejectedVote[]
}

export interface CandidateInput extends RowShape {
  /** Effective feedback, oldest first. */
  feedback: FeedbackWithDecision[]
  /** Curated exemplars, and their whole rows. */
  curated: Exemplar[]
  curatedVectors: Float32Array
  encoderId: string
  /** Configured routes; `none` is always allowed besides. */
  routes: Iterable<string>
}

interface Vote {
  decisionId: string
  /** Route that the voter holds right. */
  route: string
  isCorrection: boolean
  text: string | null
  vector: Float32Array | null
}

/** The decision's vector where it may be used as it is: of this encoder, and sound. */
const usableVector = (feedback: FeedbackWithDecision, input: CandidateInput) => {
  const { embedding, encoderId } = feedback
  if (embedding === null || encoderId !== input.encoderId) return null
  return isUnitVector(embedding, input) ? embedding : null
}

const toVote = (
  feedback: FeedbackWithDecision,
  input: CandidateInput,
  allowed: Set<string>,
): Vote | string => {
  const { decisionId, verdict, correctRoute, route: takenRoute } = feedback
  const text = feedback.text !== null && feedback.text.trim() !== '' ? feedback.text : null
  const vector = usableVector(feedback, input)
  const route = verdict === 'bad' ? correctRoute : takenRoute
  if (feedback.reason === 'session') {
    return 'The decision continued an earlier turn, so its own text says nothing about the route; vote on that turn.'
  }
  if (route === null)
    return 'The vote names no correct_route, so there is nothing to learn from it.'
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
  return { decisionId, route, isCorrection: verdict === 'bad', text, vector }
}

const vectorBytes = (vector: Float32Array): Uint8Array =>
  new Uint8Array(vector.buffer, vector.byteOffset, vector.byteLength)

const contentOf = ({ text, vector }: Pick<Vote, 'text' | 'vector'>): string =>
  text ??
  createHash('sha256')
    .update(vectorBytes(vector ?? new Float32Array()))
    .digest('hex')

const groupKey = (vote: Vote): string =>
  vote.text === null ? `vector ${contentOf(vote)}` : `text ${textKey(vote.text)}`

/** Votes per route, the most first. */
const countVotes = (votes: Vote[]): [string, number][] => {
  const counts = new Map<string, number>()
  for (const { route } of votes) counts.set(route, (counts.get(route) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1])
}

const createTwinFinder = (input: CandidateInput) => {
  const { curated, curatedVectors, dimensions, searchDimensions } = input
  const byText = new Map(curated.map((exemplar) => [textKey(exemplar.text), exemplar]))
  return (vote: Vote): Exemplar | undefined => {
    if (vote.text !== null) return byText.get(textKey(vote.text))
    const { vector } = vote
    if (vector === null) return undefined
    return curated.find(
      (_, row) => dot(vector, 0, curatedVectors, row * dimensions, searchDimensions) >= SAME_VECTOR,
    )
  }
}

const twinReason = (twin: Exemplar, route: string): string =>
  twin.route === route
    ? `Already an exemplar of ${route} (${twin.id}).`
    : `Contradicts the curated exemplar ${twin.id} of ${twin.route} with the same text; curated exemplars win. Change the training data if it is wrong.`

/** The outcome for all votes on one text. */
const judge = (votes: Vote[], twinOf: (vote: Vote) => Exemplar | undefined): CandidateReport => {
  const counts = countVotes(votes)
  const [winner, runnerUp] = counts
  if (!winner) return { accepted: [], rejected: [] }
  const tally = counts.map(([route, count]) => `${route} ${count}`).join(', ')
  const corrections = votes.filter(({ isCorrection }) => isCorrection)
  const rejectAll = (rejectedVotes: Vote[], reason: string): RejectedVote[] =>
    rejectedVotes.map(({ decisionId }) => ({ decisionId, reason }))
  if (winner[1] === runnerUp?.[1]) {
    return {
      accepted: [],
      rejected: rejectAll(corrections, `The votes on this text are tied (${tally}).`),
    }
  }
  const [route] = winner
  const outvoted = rejectAll(
    corrections.filter((vote) => vote.route !== route),
    `Outvoted: the votes on this text are ${tally}.`,
  )
  const winning = corrections.filter((vote) => vote.route === route)
  const [first] = winning
  if (!first) return { accepted: [], rejected: outvoted }
  const twin = twinOf(first)
  if (twin) {
    return { accepted: [], rejected: [...outvoted, ...rejectAll(winning, twinReason(twin, route))] }
  }
  const id = feedbackExemplarId(route, contentOf(first))
  const exemplar: Exemplar = { id, text: first.text ?? '', route, source: 'feedback' }
  const decisionIds = winning.map(({ decisionId }) => decisionId)
  const vector = winning.find((vote) => vote.vector !== null)?.vector ?? null
  return { accepted: [{ exemplar, decisionIds, vector }], rejected: outvoted }
}

/**
 * Judges all effective feedback. A `bad` vote proposes its correct_route, a `good` one confirms the route taken:
 * it counts in the majority but adds no exemplar by itself.
 * @returns accepted candidates in the order of their oldest vote, and one reason for each rejected vote.
 */
export const selectCandidates = (input: CandidateInput): CandidateReport => {
  const allowed = new Set([...input.routes, NONE_ROUTE])
  const report: CandidateReport = { accepted: [], rejected: [] }
  const groups = new Map<string, Vote[]>()
  for (const feedback of input.feedback) {
    const vote = toVote(feedback, input, allowed)
    if (typeof vote !== 'string') {
      groups.set(groupKey(vote), [...(groups.get(groupKey(vote)) ?? []), vote])
    } else if (feedback.verdict === 'bad') {
      report.rejected.push({ decisionId: feedback.decisionId, reason: vote })
    }
  }
  const twinOf = createTwinFinder(input)
  for (const votes of groups.values()) {
    const { accepted, rejected } = judge(votes, twinOf)
    report.accepted.push(...accepted)
    report.rejected.push(...rejected)
  }
  return report
}
