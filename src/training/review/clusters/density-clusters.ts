// Rows that lie closer together than what is around them; the rest is in no cluster. The leaves of HDBSCAN*'s tree are
// taken: prompts of two new kinds that touch stay two, where the most persistent clusters would be one.
import type { Matrix } from '../../../core/linear/matrix.ts'
import { nearestSimilarities, reachabilityTree, type TreeEdge } from './spanning-tree.ts'

export interface DensityOptions {
  /** Neighbour that a row's density is taken at. */
  k: number
  /** Fewest rows of a cluster. */
  leastRows: number
}

/** Single linkage: node n + i joins two nodes by the i-th edge; nodes below n are rows. */
interface Linkage {
  left: Int32Array
  right: Int32Array
  sizes: Int32Array
  root: number
}

const link = (n: number, edges: readonly TreeEdge[]): Linkage => {
  const nodes = 2 * n - 1
  const parent = Int32Array.from({ length: nodes }, (_, i) => i)
  const find = (node: number): number => {
    let at = node
    while (parent[at] !== at) {
      parent[at] = parent[parent[at] as number] as number
      at = parent[at] as number
    }
    return at
  }
  const left = new Int32Array(nodes).fill(-1)
  const right = new Int32Array(nodes).fill(-1)
  const sizes = new Int32Array(nodes).fill(1)
  edges.forEach(({ a, b }, i) => {
    const node = n + i
    const [l, r] = [find(a), find(b)]
    left[node] = l
    right[node] = r
    sizes[node] = (sizes[l] as number) + (sizes[r] as number)
    parent[l] = node
    parent[r] = node
  })
  return { left, right, sizes, root: nodes - 1 }
}

const rowsUnder = ({ left, right }: Linkage, node: number): number[] => {
  const rows: number[] = []
  const open = [node]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (left[at] === -1) rows.push(at)
    else open.push(left[at] as number, right[at] as number)
  }
  return rows
}

/** Nodes that no split parts into two clusters. */
const leavesOf = ({ left, right, sizes, root }: Linkage, leastRows: number): number[] => {
  const leaves: number[] = []
  // With where each branch began: a row that falls off below it still belongs to the branch.
  const open = [{ node: root, branch: root }]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const [l, r] = [left[at.node] as number, right[at.node] as number]
    const big = [l, r].filter((node) => node >= 0 && (sizes[node] as number) >= leastRows)
    if (big.length === 0) leaves.push(at.branch)
    else if (big.length === 1) open.push({ node: big[0] as number, branch: at.branch })
    else open.push({ node: l, branch: l }, { node: r, branch: r })
  }
  return leaves
}

/** Where nothing parts the rows they are one kind, with stragglers: the denser half. */
const onlyKind = (rows: Matrix, { k, leastRows }: DensityOptions): number[][] => {
  const density = nearestSimilarities(rows, k).map((near) => near.at(-1) ?? -1)
  const count = Math.max(leastRows, Math.ceil(rows.rows / 2))
  const densest = density
    .map((_, row) => row)
    .sort((a, b) => (density[b] as number) - (density[a] as number))
  return [densest.slice(0, count).sort((a, b) => a - b)]
}

/**
 * Clusters of at least `leastRows` rows, the largest first; each row is in one at most.
 * @param rows unit length
 */
export const densityClusters = (rows: Matrix, options: DensityOptions): number[][] => {
  const { k, leastRows } = options
  if (rows.rows < Math.max(2, leastRows)) return []
  const linkage = link(rows.rows, reachabilityTree(rows, k))
  const leaves = leavesOf(linkage, leastRows)
  if (leaves[0] === linkage.root) return onlyKind(rows, options)
  return leaves
    .map((node) => rowsUnder(linkage, node).sort((a, b) => a - b))
    .sort((a, b) => b.length - a.length || (a[0] as number) - (b[0] as number))
}
