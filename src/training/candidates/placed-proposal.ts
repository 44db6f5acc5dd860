// A proposal's neighbourhood among the curated exemplars and the other proposals, and the objections that follow from it.
import type { Exemplar } from '../../core/types.ts'
import { textKey } from '../exemplars/exemplar-line.ts'
import { LOOKED_AT, type Near, nearestRows, voteShares } from './candidate-neighbourhood.ts'
import type { Proposal } from './candidate-proposals.ts'
import type { CandidateInput } from './candidate-report.ts'

/** Cosine from which on two vectors come from the same text. */
const SAME_VECTOR = 0.99999
/** Cosine from which on an exemplar of another route contradicts. */
const CONFLICT = 0.93
/** Least weight of the votes, and their least share in all votes on the prompt. */
const LEAST_WEIGHT = 1
const LEAST_SHARE = 2 / 3
/**
 * Least share of the route in the vote of the nearest exemplars. Wrong corrections mostly name a route with no exemplar nearby; of
 * right ones 1 to 3 % are queued by this rule (`npm run bench:learning` prints both).
 */
const LEAST_SUPPORT = 0.01
/** For routes with fewer exemplars the share is not checked. */
const YOUNG_ROUTE = 3
/** A confirmed prompt becomes an exemplar where fewer than THIN_COUNT of its route have this similarity. */
const THIN_COUNT = 5
const THIN_SIMILARITY = 0.8

export interface Placed {
  proposal: Proposal
  vector: Float32Array
  /** Curated exemplars and proposals, nearest first; positions from `curated.length` on are proposals. */
  near: Near[]
}

const rowAt = (vectors: Float32Array, row: number, dimensions: number): Float32Array =>
  vectors.subarray(row * dimensions, (row + 1) * dimensions)

/**
 * Finds each proposal's nearest exemplars and its nearest other proposals separately, so that a thousand similar prompts of one
 * caller cannot hide the exemplars near them.
 */
export const place = (input: CandidateInput): Placed[] => {
  const { proposals, vectors, curated, curatedVectors, dimensions } = input
  const options = { shape: input, k: LOOKED_AT + 1 }
  const toCurated = nearestRows(vectors, curatedVectors, options)
  const toOthers = nearestRows(vectors, vectors, options)
  return proposals.map((proposal, i) => {
    const others = (toOthers[i] ?? [])
      .filter(({ position }) => position !== i)
      .map(({ position, similarity }) => ({ position: curated.length + position, similarity }))
    const near = [...(toCurated[i] ?? []), ...others]
    near.sort((x, y) => y.similarity - x.similarity)
    return { proposal, vector: rowAt(vectors, i, dimensions), near }
  })
}

/** The neighbourhood of a proposal without proposals of its own voters. */
const independent = (placed: Placed, input: CandidateInput) => {
  const { curated, proposals } = input
  const { principals, isTrusted } = placed.proposal
  return placed.near.flatMap(({ position, similarity }) => {
    const exemplar = curated[position]
    if (exemplar) return [{ route: exemplar.route, similarity }]
    const other = proposals[position - curated.length]
    if (!other) return []
    const isOwn = !isTrusted && other.principals.every((p) => principals.includes(p))
    return isOwn ? [] : [{ route: other.route, similarity }]
  })
}

export const twinOf = (
  { proposal, near }: Placed,
  input: CandidateInput,
  byText: Map<string, Exemplar>,
) => {
  if (proposal.text !== null) return byText.get(textKey(proposal.text))
  const twin = near.find(({ position }) => position < input.curated.length)
  return twin && twin.similarity >= SAME_VECTOR ? input.curated[twin.position] : undefined
}

export const similar = (similarity: number): string => similarity.toFixed(2)

/** Objections that follow from the proposal's neighbourhood alone; null where there are none. */
export const objection = (placed: Placed, input: CandidateInput, counts: Map<string, number>) => {
  const { proposal, near } = placed
  const { route, weight, share, tally } = proposal
  if (weight < LEAST_WEIGHT) {
    return `The votes weigh ${weight} of the ${LEAST_WEIGHT} that are needed (${tally}).`
  }
  if (share < LEAST_SHARE) return `The votes do not agree (${tally}).`
  const rival = near
    .filter(({ similarity }) => similarity >= CONFLICT)
    .map(({ position, similarity }) => ({ exemplar: input.curated[position], similarity }))
    .find(({ exemplar }) => exemplar && exemplar.route !== route)
  if (rival?.exemplar) {
    return `Close to ${rival.exemplar.id}, a curated exemplar of ${rival.exemplar.route} (similarity ${similar(rival.similarity)}).`
  }
  if (proposal.hasOperatorVote || (counts.get(route) ?? 0) < YOUNG_ROUTE) return null
  const shares = voteShares(independent(placed, input).slice(0, LOOKED_AT))
  if ((shares.get(route) ?? 0) >= LEAST_SUPPORT) return null
  const around = [...shares].sort((a, b) => b[1] - a[1]).slice(0, 3)
  const named = around.map(([name, s]) => `${name} ${Math.round(100 * s)} %`).join(', ')
  return `No similar exemplar belongs to ${route}: the nearest belong to ${named || 'no route'}.`
}

export const isThin = ({ near, proposal }: Placed, input: CandidateInput): boolean =>
  near.filter(
    ({ position, similarity }) =>
      similarity >= THIN_SIMILARITY && input.curated[position]?.route === proposal.route,
  ).length < THIN_COUNT
