// Feedback → candidates, second half: every proposal is checked, and accepted, queued for review or rejected, with the reason.
// Curated exemplars override votes, and rulings override the checks.
import { product } from '../../core/linear/simd/product.ts'
import type { Ruling } from '../../core/records/ruling.ts'
import { type Exemplar, NONE_ROUTE } from '../../core/types.ts'
import { textKey } from '../exemplars/exemplar-line.ts'
import {
  effectOn,
  embeddingsOf,
  LOOKED_AT,
  type Near,
  nearestRows,
  type Watched,
} from './candidate-neighbourhood.ts'
import type { Proposal, RejectedVote } from './candidate-proposals.ts'
import type { AcceptedCandidate, CandidateInput, CandidateReport } from './candidate-report.ts'
import { isThin, objection, type Placed, place, similar, twinOf } from './placed-proposal.ts'

/** Cosine from which on a candidate duplicates an exemplar of its route. */
const NEAR_DUPLICATE = 0.97
/** Most held-out prompts that one candidate may break beyond those that it fixes. */
const MOST_BREAKS = 1
/** Candidates that one key may always contribute, in total and per route; and its largest share of a route's exemplars. */
const LEAST_QUOTA = 20
const LEAST_ROUTE_QUOTA = 5
const MOST_OF_ROUTE = 0.25

type Outcome =
  | { verdict: 'accept' | 'queue'; reason: string }
  | { verdict: 'reject'; reason: string }
  | { verdict: 'confirmed' }

interface JudgedProposal {
  placed: Placed
  /** Position among the rows of curated exemplars followed by proposals. */
  position: number
  outcome: Outcome
  ruling: Ruling | undefined
}

const twinReason = (twin: Exemplar, route: string): string =>
  twin.route === route
    ? `Already an exemplar of ${route} (${twin.id}).`
    : `Contradicts the curated exemplar ${twin.id} of ${twin.route} with the same text; curated exemplars win. Change the training data if it is wrong.`

const voters = ({ principals, tally }: Proposal): string =>
  `${principals.length} voter${principals.length === 1 ? '' : 's'} (${tally})`

interface Context {
  byText: Map<string, Exemplar>
  /** Number of exemplars of each route. */
  counts: Map<string, number>
  watched: Watched[]
  /** `[proposals × held-out]` similarities. */
  watchedSimilarity: Float32Array
  /** Positions of the candidates accepted so far. */
  accepted: Set<number>
  /** Number of candidates accepted so far per key, and per key and route. */
  used: Map<string, number>
  quota: number
}

const watch = (input: CandidateInput): Pick<Context, 'watched' | 'watchedSimilarity'> => {
  const { heldOut, curated, curatedVectors, vectors, proposals } = input
  if (heldOut === null || proposals.length === 0)
    return { watched: [], watchedSimilarity: new Float32Array() }
  const nearest = nearestRows(heldOut.vectors, curatedVectors, { shape: input, k: LOOKED_AT })
  const watched = heldOut.labels.map((label, i) => ({
    route: label || NONE_ROUTE,
    near: (nearest[i] ?? []).map(({ position, similarity }) => ({
      route: curated[position]?.route ?? NONE_ROUTE,
      similarity,
    })),
  }))
  const similarity = product(embeddingsOf(vectors, input), embeddingsOf(heldOut.vectors, input))
  return { watched, watchedSimilarity: similarity.data }
}

/** Applies the checks to one proposal, in their order. */
const check = (placed: Placed, i: number, input: CandidateInput, context: Context): Outcome => {
  const { proposal } = placed
  const { route, isCorrection } = proposal
  const first = input.curated.length
  const twin = twinOf(placed, input, context.byText)
  if (twin) {
    if (!isCorrection && twin.route === route) return { verdict: 'confirmed' }
    return { verdict: 'reject', reason: twinReason(twin, route) }
  }
  const isKnown = ({ position }: Near): boolean =>
    position < first ? input.curated[position]?.route === route : context.accepted.has(position)
  const double = placed.near.find(
    (near) => near.similarity >= NEAR_DUPLICATE && isKnown(near) && routeAt(near, input) === route,
  )
  if (double) {
    return isCorrection
      ? {
          verdict: 'reject',
          reason: `Adds nothing: an exemplar of ${route} is nearly the same (similarity ${similar(double.similarity)}).`,
        }
      : { verdict: 'confirmed' }
  }
  if (!isCorrection && !isThin(placed, input)) return { verdict: 'confirmed' }
  const against = objection(placed, input, context.counts)
  if (against !== null) return { verdict: 'queue', reason: against }
  const n = context.watched.length
  const effect = effectOn(
    context.watched,
    context.watchedSimilarity.subarray(i * n, (i + 1) * n),
    route,
  )
  if (effect.breaks - effect.fixes > MOST_BREAKS) {
    return {
      verdict: 'queue',
      reason: `Would make ${effect.breaks} held-out prompts wrong and ${effect.fixes} right.`,
    }
  }
  const why = isCorrection ? 'Corrected' : 'Confirmed where exemplars are few'
  return { verdict: 'accept', reason: `${why} by ${voters(proposal)}.` }
}

const routeAt = ({ position }: Near, { curated, proposals }: CandidateInput): string | undefined =>
  position < curated.length ? curated[position]?.route : proposals[position - curated.length]?.route

const perRoute = (principal: string, route: string): string => JSON.stringify([principal, route])

const overQuota = (proposal: Proposal, { used, quota, counts }: Context): string | null => {
  const { principals, isTrusted, route } = proposal
  if (isTrusted) return null
  const ofRoute = Math.round(MOST_OF_ROUTE * (counts.get(route) ?? 0))
  const routeQuota = Math.max(LEAST_ROUTE_QUOTA, ofRoute)
  const [key] = principals
  if (principals.every((principal) => (used.get(principal) ?? 0) >= quota)) {
    return `Key ${key} has its share of ${quota} candidates already.`
  }
  const isFull = principals.every((p) => (used.get(perRoute(p, route)) ?? 0) >= routeQuota)
  return isFull ? `Key ${key} has its share of ${routeQuota} candidates of ${route} already.` : null
}

const useQuota = ({ principals, route }: Proposal, { used }: Context): void => {
  for (const principal of principals) {
    for (const key of [principal, perRoute(principal, route)]) {
      used.set(key, (used.get(key) ?? 0) + 1)
    }
  }
}

const ruled = (ruling: Ruling | undefined, route: string): Outcome | null => {
  if (!ruling) return null
  const by = `by ${ruling.author}${ruling.note ? `: ${ruling.note}` : ''}`
  if (ruling.action === 'reject') return { verdict: 'reject', reason: `Rejected ${by}.` }
  if (ruling.action !== 'accept' && ruling.action !== 'relabel') return null
  const how = ruling.action === 'relabel' ? `Relabelled from ${route}` : 'Accepted'
  return { verdict: 'accept', reason: `${how} ${by}.` }
}

const countRoutes = (exemplars: readonly Exemplar[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const { route } of exemplars) counts.set(route, (counts.get(route) ?? 0) + 1)
  return counts
}

const toCandidate = (
  { proposal, vector }: Placed,
  { route, reason }: { route: string; reason: string },
): AcceptedCandidate => ({
  exemplar: { id: proposal.exemplarId, text: proposal.text ?? '', route, source: 'feedback' },
  decisionIds: proposal.decisionIds,
  reason,
  vector,
})

const createContext = (input: CandidateInput): Context => ({
  byText: new Map(input.curated.map((exemplar) => [textKey(exemplar.text), exemplar])),
  counts: countRoutes(input.curated),
  ...watch(input),
  accepted: new Set(),
  used: new Map(),
  quota: Math.max(LEAST_QUOTA, Math.round(input.maxSharePerKey * input.curated.length)),
})

const rejectAll = (ids: readonly string[], reason: string): RejectedVote[] =>
  ids.map((decisionId) => ({ decisionId, reason }))

/** Whether a held-out prompt may be measured on: only without objections, since a wrong vote would distort the measurement. */
const mayMeasure = (proposal: Proposal, outcome: Outcome, context: Context): boolean =>
  (outcome.verdict === 'accept' || outcome.verdict === 'confirmed') &&
  overQuota(proposal, context) === null

/** Adds one judged proposal to the report, and its use of quotas to the context. */
const enter = (
  report: CandidateReport,
  context: Context,
  { placed, position, outcome, ruling }: JudgedProposal,
): void => {
  const { proposal } = placed
  if (outcome.verdict === 'confirmed') {
    report.confirmed++
    return
  }
  if (outcome.verdict === 'reject') {
    report.rejected.push(...rejectAll(proposal.decisionIds, outcome.reason))
    return
  }
  const surplus = ruling ? null : overQuota(proposal, context)
  if (outcome.verdict === 'queue' || surplus !== null) {
    const reason = outcome.verdict === 'queue' ? outcome.reason : (surplus ?? '')
    report.queued.push(toCandidate(placed, { route: proposal.route, reason }))
    return
  }
  useQuota(proposal, context)
  context.accepted.add(position)
  const route = (ruling?.action === 'relabel' && ruling.route) || proposal.route
  report.accepted.push(toCandidate(placed, { route, reason: outcome.reason }))
}

/**
 * Judges all proposals, oldest first. A correction becomes a candidate for the route that it names; a confirmation only where the
 * route has few exemplars nearby.
 */
export const judgeCandidates = (input: CandidateInput): CandidateReport => {
  const report: CandidateReport = {
    accepted: [],
    queued: [],
    rejected: [],
    heldOut: [],
    confirmed: 0,
  }
  const rulings = new Map(
    input.rulings.flatMap((r) => (r.subject === 'candidate' ? [[r.subjectId, r] as const] : [])),
  )
  const context = createContext(input)
  for (const [i, placed] of place(input).entries()) {
    const { proposal, vector } = placed
    const { route, tally, text } = proposal
    const outvoted = `Outvoted: the votes on this text are ${tally}.`
    report.rejected.push(...rejectAll(proposal.outvotedIds, outvoted))
    const ruling = rulings.get(proposal.exemplarId)
    const outcome = ruled(ruling, route) ?? check(placed, i, input, context)
    if (!proposal.isHeldOut || ruling) {
      enter(report, context, { placed, position: input.curated.length + i, outcome, ruling })
    } else if (mayMeasure(proposal, outcome, context)) {
      report.heldOut.push({ text, route, vector })
    }
  }
  return report
}
