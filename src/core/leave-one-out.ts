// Each exemplar's evidence as if it were not in the training set: what the blend is chosen on, without a held-out prompt.
import type { TrainingSet } from './classifier.ts'
import { centroidEvidence, type Evidence, nearestEvidence } from './evidence.ts'
import { dot, normaliseRow } from './vectors.ts'

const NEIGHBOURS = 32

/** The training set by route, and what is summed over it once. */
export interface RouteSums {
  routes: string[]
  /** Position of each row's route. */
  labels: Int32Array
  /** Rows per route. */
  counts: Float32Array
  /** Sum of each route's rows, `routes × dimensions`. */
  sums: Float32Array
  /** `sums` scaled to unit length. */
  centroids: Float32Array
}

export const sumRoutes = (set: TrainingSet): RouteSums => {
  const { vectors, dimensions } = set
  const routes = [...new Set(set.routes)].sort()
  const position = new Map(routes.map((route, i) => [route, i]))
  const labels = Int32Array.from(set.routes, (route) => position.get(route) as number)
  const counts = new Float32Array(routes.length)
  const sums = new Float32Array(routes.length * dimensions)
  labels.forEach((label, row) => {
    counts[label] = (counts[label] as number) + 1
    for (let i = 0; i < dimensions; i++) {
      const at = label * dimensions + i
      sums[at] = (sums[at] as number) + (vectors[row * dimensions + i] as number)
    }
  })
  const centroids = Float32Array.from(sums)
  for (let r = 0; r < routes.length; r++) normaliseRow(centroids, r * dimensions, dimensions)
  return { routes, labels, counts, sums, centroids }
}

const nearestOthers = (set: TrainingSet, row: number): { route: string; similarity: number }[] => {
  const { vectors, dimensions, routes } = set
  const best: { route: string; similarity: number }[] = []
  for (let other = 0; other < routes.length; other++) {
    if (other === row) continue
    const similarity = dot(vectors, row * dimensions, vectors, other * dimensions, dimensions)
    if (best.length === NEIGHBOURS && similarity <= (best.at(-1)?.similarity ?? -1)) continue
    let at = best.length
    while (at > 0 && (best[at - 1]?.similarity ?? 0) < similarity) at--
    best.splice(at, 0, { route: routes[other] as string, similarity })
    if (best.length > NEIGHBOURS) best.pop()
  }
  return best
}

/** Evidence for row `row` with itself taken out of the neighbours and of its centroid. */
export const leaveOneOut = (set: TrainingSet, row: number, sums: RouteSums): Evidence => {
  const { vectors, dimensions } = set
  const label = sums.labels[row] as number
  const self = vectors.subarray(row * dimensions, (row + 1) * dimensions)
  const own = sums.sums.slice(label * dimensions, (label + 1) * dimensions)
  for (let i = 0; i < dimensions; i++) own[i] = (own[i] as number) - (self[i] as number)
  normaliseRow(own, 0, dimensions)
  const centroid = centroidEvidence(self, sums.centroids)
  centroid[label] = dot(own, 0, self, 0, dimensions)
  const counts = sums.counts.map((count, i) => (i === label ? count - 1 : count))
  return { nearest: nearestEvidence(nearestOthers(set, row), sums.routes, counts), centroid }
}
