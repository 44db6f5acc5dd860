// Analyses the exemplars that a candidate adds: clusters of near-duplicates, and the routes of the earlier exemplars around them.

import { largestColumns } from '../../../core/classifier/nearest.ts'
import { groupBy } from '../../../core/group-by.ts'
import type { Matrix } from '../../../core/linear/matrix.ts'
import { rowOf } from '../../../core/linear/matrix.ts'
import { productByBlocks } from '../../../core/linear/simd/product.ts'
import type { Exemplar } from '../../../core/types.ts'

export type AddedExemplar = Pick<Exemplar, 'id' | 'route' | 'source'>

export interface AdditionsInput {
  added: readonly AddedExemplar[]
  /** Unit embeddings of `added`. */
  addedRows: Matrix
  /** Route of each exemplar that both generations hold, and their unit embeddings. */
  keptRoutes: readonly string[]
  keptRows: Matrix
}

/** Exemplars of one route and source that are nearly the same text. */
export interface Cluster {
  route: string
  source: Exemplar['source']
  size: number
  /** One of them. */
  exemplarId: string
  /** Routes of the earlier exemplars around it, the most frequent first; empty where its own route is there, or none is near. */
  contradicts: string[]
}

export interface Additions {
  clusters: Cluster[]
  /** New exemplars whose nearest old exemplars all belong to the same other route. */
  loners: { exemplarId: string; route: string; among: string }[]
}

/** Cosine from which on two texts are near-duplicates, and from which on an old exemplar counts as near. */
const DUPLICATE = 0.95
const NEAR = 0.5
const ASKED = 5
/** A region belongs to other routes where less than this share of its old exemplars has the cluster's route. */
const OWN_SHARE = 0.2

/** Routes of each new exemplar's nearest old exemplars, without distant ones. */
const surroundings = ({ addedRows, keptRows, keptRoutes }: AdditionsInput): string[][] => {
  const found: string[][] = []
  if (keptRows.rows === 0) return Array.from({ length: addedRows.rows }, () => [])
  productByBlocks(addedRows, keptRows, (_, cosines) => {
    for (let i = 0; i < cosines.rows; i++) {
      const values = rowOf(cosines, i)
      const near = largestColumns(values, ASKED).filter((j) => (values[j] as number) >= NEAR)
      found.push(near.map((j) => keptRoutes[j] as string))
    }
  })
  return found
}

/** Cluster number of each row: connected components of pairs with the same route and source and a cosine above `DUPLICATE`. */
const clusterNumbers = ({ added, addedRows }: AdditionsInput): Int32Array => {
  const parent = Int32Array.from(added, (_, i) => i)
  const rootOf = (i: number): number => {
    let root = i
    while (parent[root] !== root) root = parent[root] as number
    for (let at = i; parent[at] !== root; ) {
      const next = parent[at] as number
      parent[at] = root
      at = next
    }
    return root
  }
  const isAlike = (a: AddedExemplar, b: AddedExemplar) =>
    a.route === b.route && a.source === b.source
  productByBlocks(addedRows, addedRows, (from, cosines) => {
    for (let i = 0; i < cosines.rows; i++) {
      const values = rowOf(cosines, i)
      for (let j = 0; j < from + i; j++) {
        if ((values[j] as number) < DUPLICATE) continue
        const [a, b] = [added[from + i] as AddedExemplar, added[j] as AddedExemplar]
        if (isAlike(a, b)) parent[rootOf(from + i)] = rootOf(j)
      }
    }
  })
  return Int32Array.from(added, (_, i) => rootOf(i))
}

const rowsByNumber = (numbers: Int32Array): number[][] => [
  ...groupBy(numbers.keys(), (row) => numbers[row]).values(),
]

const ranked = (routes: readonly string[]): [string, number][] => {
  const counts = new Map<string, number>()
  for (const route of routes) counts.set(route, (counts.get(route) ?? 0) + 1)
  return [...counts].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
}

/** Routes of the region of these rows, unless their own route is there or it is nearly empty. */
const contradicted = (route: string, near: readonly string[], rows: number): string[] => {
  const own = near.filter((other) => other === route).length
  if (near.length < rows || own / near.length >= OWN_SHARE) return []
  return ranked(near.filter((other) => other !== route)).map(([other]) => other)
}

const lonersOf = (added: readonly AddedExemplar[], near: readonly string[][]) =>
  added.flatMap(({ id, route }, i) => {
    const around = near[i] as string[]
    const [among] = around
    if (among === undefined || among === route || around.length < ASKED) return []
    return around.every((other) => other === among) ? [{ exemplarId: id, route, among }] : []
  })

/** Clusters of at least two, the largest first. Some 2 s of CPU for 8,000 new exemplars. */
export const findAdditions = (input: AdditionsInput): Additions => {
  const { added } = input
  const near = surroundings(input)
  const clusters = rowsByNumber(clusterNumbers(input))
    .filter((rows) => rows.length > 1)
    .map((rows): Cluster => {
      const { route, source, id } = added[rows[0] as number] as AddedExemplar
      const around = rows.flatMap((row) => near[row] as string[])
      const contradicts = contradicted(route, around, rows.length)
      return { route, source, size: rows.length, exemplarId: id, contradicts }
    })
    .sort((a, b) => b.size - a.size || (a.exemplarId < b.exemplarId ? -1 : 1))
  return { clusters, loners: lonersOf(added, near) }
}
