// Prompts that no route was made for → routes to make: dense clusters of novel prompts, settled against the routes there
// are, each with a name, prompts to begin with and how pure it seems.

import { largestColumns } from '../../../core/classifier/nearest.ts'
import { type Matrix, rowOf, takeRows } from '../../../core/linear/matrix.ts'
import { createRowStore } from '../../../core/linear/simd/row-store.ts'
import { dot } from '../../../core/linear/vectors.ts'
import { centroidOf, claimRows } from './claim-rows.ts'
import { densityClusters } from './density-clusters.ts'
import { nameCluster } from './name-cluster.ts'
import { pickDiverse } from './pick-diverse.ts'
import { freeName } from './route-name.ts'

/** Novelty at three places, on the scale of the classifier that measured it. */
export interface NoveltyScale {
  /** From here on a prompt may begin a cluster. */
  seed: number
  /** From here on it may belong to one. */
  member: number
  /** Least mean of a cluster. */
  cluster: number
}

/**
 * Sums of two standard scores of in-scope prompts (mean 0), or log odds of belonging to no route where `none` exemplars
 * taught a detector. Chosen on hidden intents of two public sets; `npm run bench:proposals` measures on other draws.
 */
export const noveltyScale = (hasDetector: boolean): NoveltyScale =>
  hasDetector ? { seed: -1, member: -2, cluster: 0 } : { seed: 1, member: 0.5, cluster: 1.5 }

export interface ProposeInput {
  /** Sentence embeddings of distinct prompts, unit length. */
  rows: Matrix
  /** Empty where a text is not stored. */
  texts: readonly string[]
  novelty: ArrayLike<number>
  /** Whether no route was taken. */
  isUnrouted: (row: number) => boolean
  scale: NoveltyScale
  /** Unit-length centroid of each route. */
  routes: Matrix
  /** Of the exemplars, to tell which words are common. */
  exemplarTexts: readonly string[]
  /** Names that are not free. */
  takenNames: Iterable<string>
}

export interface ProposedRoute {
  /** Rows, the most typical first. */
  members: number[]
  /** Rows to begin the route with: near the core, and unlike each other. */
  exemplars: number[]
  name: string
  words: string[]
  /** Mean over the members of the share of their nearest prompts that are members, too; 0 to 1. */
  purity: number
  novelty: number
  /** Row of `routes` that is nearest to the cluster's centroid, and the cosine. */
  nearestRoute: { route: number; cosine: number } | null
}

const DENSITY = { k: 8, leastRows: 15 }
const CLAIM = { lead: 0.03, floor: 0.5, leastRows: DENSITY.leastRows, rounds: 3 }
/**
 * Cosine of centroids from which a cluster is a route that there is: 95 % of known intents have 0.84 and more with the centroid of
 * ten of their exemplars, clusters of hidden ones had at most 0.78 with any (ten draws on two public sets).
 */
const SAME_ROUTE = 0.82
/** Below it a cluster is a region between kinds. */
const LEAST_PURITY = 0.5
const PURITY_NEIGHBOURS = 5
const MAX_EXEMPLARS = 20
/** Share of a cluster that exemplars are picked from, the most typical. */
const CORE_SHARE = 0.7
const SAME_KIND = 0.8

const meanOf = (rows: readonly number[], value: (row: number) => number): number =>
  rows.reduce((sum, row) => sum + value(row), 0) / Math.max(1, rows.length)

const typicalFirst = (rows: Matrix, members: readonly number[]): number[] => {
  const centroid = centroidOf(rows, members).data
  const nearness = new Map(
    members.map((member) => [member, dot(rowOf(rows, member), 0, centroid, 0, rows.cols)]),
  )
  return [...members].sort((a, b) => (nearness.get(b) ?? 0) - (nearness.get(a) ?? 0))
}

const purityOf = (rows: Matrix, members: readonly number[]): number => {
  const own = new Set(members)
  const store = createRowStore(rows)
  return meanOf(members, (member) => {
    const cosines = store.dots(rowOf(rows, member))
    cosines[member] = Number.NEGATIVE_INFINITY
    return meanOf(largestColumns(cosines, PURITY_NEIGHBOURS), (near) => (own.has(near) ? 1 : 0))
  })
}

const exemplarsOf = (rows: Matrix, members: readonly number[]): number[] => {
  const core = members.slice(0, Math.max(DENSITY.leastRows, Math.ceil(CORE_SHARE * members.length)))
  const chosen = takeRows(rows, core)
  const centroid = centroidOf(rows, members).data
  const weights = core.map((row) =>
    Math.max(1e-3, dot(rowOf(rows, row), 0, centroid, 0, rows.cols)),
  )
  const picked = pickDiverse(chosen, weights, { count: MAX_EXEMPLARS, apart: SAME_KIND })
  return picked.map((i) => core[i] as number)
}

const nearestRouteOf = (rows: Matrix, members: readonly number[], routes: Matrix) => {
  if (routes.rows === 0) return null
  const cosines = createRowStore(routes).dots(centroidOf(rows, members).data)
  const [route = 0] = largestColumns(cosines, 1)
  return { route, cosine: cosines[route] as number }
}

/** Members of each cluster, without names: what is measured on data whose kinds are known. */
export const findNewKinds = (
  input: Pick<ProposeInput, 'rows' | 'novelty' | 'isUnrouted' | 'scale' | 'routes'>,
): number[][] => {
  const { rows, novelty, isUnrouted, scale, routes } = input
  const seeds: number[] = []
  for (let i = 0; i < rows.rows; i++) {
    if ((novelty[i] as number) > scale.seed || isUnrouted(i)) seeds.push(i)
  }
  const meanNovelty = (members: readonly number[]) => meanOf(members, (i) => novelty[i] as number)
  const dense = densityClusters(takeRows(rows, seeds), DENSITY)
    .map((members) => members.map((i) => seeds[i] as number))
    .filter((members) => meanNovelty(members) >= scale.cluster)
  const settled = claimRows(rows, dense, routes, {
    ...CLAIM,
    isOpen: (row) => (novelty[row] as number) >= scale.member || isUnrouted(row),
  })
  return settled.filter((members) => {
    const nearest = nearestRouteOf(rows, members, routes)
    const isKnown = nearest !== null && nearest.cosine >= SAME_ROUTE
    return !isKnown && meanNovelty(members) >= scale.cluster
  })
}

/** Routes to make, the largest first. */
export const proposeRoutes = (input: ProposeInput): ProposedRoute[] => {
  const { rows, texts, routes } = input
  const taken = new Set(input.takenNames)
  return findNewKinds(input)
    .map((members) => ({ members, purity: purityOf(rows, members) }))
    .filter(({ purity }) => purity >= LEAST_PURITY)
    .sort((a, b) => b.members.length - a.members.length)
    .map(({ members: found, purity }, i) => {
      const members = typicalFirst(rows, found)
      const own = new Set(members)
      const others = [...texts.filter((_, row) => !own.has(row)), ...input.exemplarTexts]
      const named = nameCluster(
        members.map((row) => texts[row] ?? ''),
        others,
      )
      const name = freeName(named.name ?? `route_${i + 1}`, taken)
      taken.add(name)
      return {
        members,
        exemplars: exemplarsOf(rows, members),
        name,
        words: named.words,
        purity,
        novelty: meanOf(members, (row) => input.novelty[row] as number),
        nearestRoute: nearestRouteOf(rows, members, routes),
      }
    })
}
