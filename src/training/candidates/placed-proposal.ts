// A proposal among the curated exemplars and the other proposals, and what its surroundings say for and against it.
import type { Exemplar } from '../../core/types.ts'
import { textKey } from '../exemplars/exemplar-line.ts'
import { LOOKED_AT, type Near, nearestRows, voteShares } from './candidate-neighbourhood.ts'
import type { Proposal } from './candidate-proposals.ts'
import type { CandidateInput } from './candidate-report.ts'

/** Vectors closer than this come from the same text. */
const SAME_VECTOR = 0.99999
/** From here on an exemplar of another route says the opposite. */
const CONFLICT = 0.93
/** Least weight of votes, and least share of all that were cast on the prompt. */
const LEAST_WEIGHT = 1
const LEAST_SHARE = 2 / 3
/**
 * Least share of a route in the vote of the nearest exemplars. A wrong correction mostly names a route that is not around
 * at all; of right ones 1 to 3 % are queued by it (`npm run bench:learning` prints both).
 */
const LEAST_SUPPORT = 0.01
/** A route with fewer exemplars is too young to be asked whether it is around. */
const YOUNG_ROUTE = 3
/** A confirmed prompt is worth an exemplar where fewer than so many of its route are as near as this. */
const THIN_COUNT = 5
const THIN_SIMILARITY = 0.8

export interface Placed {
  proposal: Proposal
  vector: Float32Array
  /** Curated exemplars and proposals, nearest first; a position from `curated.length` on is a proposal's. */
  near: Near[]
}

const rowAt = (vectors: Float32Array, row: number, dimensions: number): Float32Array =>
  vectors.subarray(row * dimensions, (row + 1) * dimensions)

/**
 * Every proposal among the exemplars, and among all other proposals. Each is asked for its own nearest: a thousand like
 * prompts of one caller must not hide the exemplars that they are near to.
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

/** What is around a proposal, as far as its own voters did not put it there. */
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

/** Objections that need nothing but the proposal's surroundings; null where there are none. */
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
  if (proposal.isInCharge || (counts.get(route) ?? 0) < YOUNG_ROUTE) return null
  const shares = voteShares(independent(placed, input).slice(0, LOOKED_AT))
  if ((shares.get(route) ?? 0) >= LEAST_SUPPORT) return null
  const around = [...shares].sort((a, b) => b[1] - a[1]).slice(0, 3)
  const named = around.map(([name, s]) => `${name} ${Math.round(100 * s)} %`).join(', ')
  return `Nothing like it is of ${route}: the nearest exemplars are of ${named || 'no route'}.`
}

export const isThin = ({ near, proposal }: Placed, input: CandidateInput): boolean =>
  near.filter(
    ({ position, similarity }) =>
      similarity >= THIN_SIMILARITY && input.curated[position]?.route === proposal.route,
  ).length < THIN_COUNT
