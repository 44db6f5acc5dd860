// A rebuild's fitting step: centroids, the blend of neighbours and centroids, temperature, thresholds.
// Everything is chosen on leave-one-out scores of the exemplars themselves, so no held-out prompt is used up.
import type { ClassifierModel, TrainingSet } from './classifier.ts'
import { createRandom, shuffled } from './random.ts'
import { blend, centroidEvidence, type Evidence, nearestEvidence } from './score.ts'
import { NONE_ROUTE } from './types.ts'
import { dot, normaliseRow, softmax } from './vectors.ts'

/** Exemplars that are scored against all others: enough for three parameters, and bounded in time. */
const MAX_PROBES = 1_500
const NEIGHBOURS = 32
const WEIGHTS = [0, 0.2, 0.4, 0.5, 0.6, 0.8, 1]
const TEMPERATURES = [0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15]
/** Share of correctly classified in-scope exemplars that `threshold: auto` may turn away. */
const ABSTENTION_BUDGET = 0.03

interface Probe {
  evidence: Evidence
  /** Position of the true route. */
  label: number
}

/** Unit mean of each route's rows, `routes.length × dimensions`. */
const fitCentroids = (set: TrainingSet, labels: Int32Array, routeCount: number): Float32Array => {
  const { vectors, dimensions } = set
  const centroids = new Float32Array(routeCount * dimensions)
  labels.forEach((label, row) => {
    for (let i = 0; i < dimensions; i++) {
      const at = label * dimensions + i
      centroids[at] = (centroids[at] as number) + (vectors[row * dimensions + i] as number)
    }
  })
  for (let r = 0; r < routeCount; r++) normaliseRow(centroids, r * dimensions, dimensions)
  return centroids
}

const othersNearest = (set: TrainingSet, row: number): { route: string; similarity: number }[] => {
  const { vectors, dimensions, routes } = set
  const all = routes.map((route, other) => ({
    route,
    similarity:
      other === row ? -2 : dot(vectors, row * dimensions, vectors, other * dimensions, dimensions),
  }))
  return all.sort((a, b) => b.similarity - a.similarity).slice(0, NEIGHBOURS)
}

/** Evidence for one exemplar as if it were not in the set: itself out of neighbours and of its centroid. */
const leaveOneOut = (
  set: TrainingSet,
  row: number,
  fitted: { label: number; routes: string[]; counts: Float32Array; centroids: Float32Array },
): Evidence => {
  const { vectors, dimensions } = set
  const self = vectors.subarray(row * dimensions, (row + 1) * dimensions)
  const counts = fitted.counts.map((count, i) => (i === fitted.label ? count - 1 : count))
  const centroid = centroidEvidence(self, fitted.centroids)
  // ‖sum‖ follows from the unit mean's cosine: sum·x = ‖sum‖·cos, and sum without x is sum − x.
  const own = sumWithout(set, row, fitted.label, fitted.routes)
  centroid[fitted.label] = dot(own, 0, self, 0, dimensions)
  return { nearest: nearestEvidence(othersNearest(set, row), fitted.routes, counts), centroid }
}

const sumWithout = (
  set: TrainingSet,
  row: number,
  label: number,
  routes: string[],
): Float32Array => {
  const { vectors, dimensions } = set
  const sum = new Float32Array(dimensions)
  set.routes.forEach((route, other) => {
    if (other === row || route !== routes[label]) return
    for (let i = 0; i < dimensions; i++) {
      sum[i] = (sum[i] as number) + (vectors[other * dimensions + i] as number)
    }
  })
  normaliseRow(sum, 0, dimensions)
  return sum
}

const logLoss = (probes: Probe[], weight: number, temperature: number): number => {
  let total = 0
  for (const { evidence, label } of probes) {
    const p = softmax(blend(evidence, weight), temperature)[label] as number
    total -= Math.log(Math.max(p, 1e-12))
  }
  return total / Math.max(1, probes.length)
}

const chooseBlend = (probes: Probe[]): { nearestWeight: number; temperature: number } => {
  let best = { nearestWeight: 0.5, temperature: 0.05, loss: Number.POSITIVE_INFINITY }
  for (const nearestWeight of WEIGHTS) {
    for (const temperature of TEMPERATURES) {
      const loss = logLoss(probes, nearestWeight, temperature)
      if (loss < best.loss) best = { nearestWeight, temperature, loss }
    }
  }
  return { nearestWeight: best.nearestWeight, temperature: best.temperature }
}

/** One threshold for all routes: the confidence that turns away no more than the budget of right decisions. */
const chooseThreshold = (
  probes: Probe[],
  routes: string[],
  parameters: { nearestWeight: number; temperature: number },
): number => {
  const right: number[] = []
  for (const { evidence, label } of probes) {
    if (routes[label] === NONE_ROUTE) continue
    const p = softmax(blend(evidence, parameters.nearestWeight), parameters.temperature)
    const top = p.indexOf(Math.max(...p))
    if (top === label) right.push(p[top] as number)
  }
  right.sort((a, b) => a - b)
  return right[Math.floor(right.length * ABSTENTION_BUDGET)] ?? 0
}

/** Fits the classifier of a generation. Deterministic under `seed`; `set.vectors` rows are unit length. */
export const fitClassifier = (set: TrainingSet, options: { seed: number }): ClassifierModel => {
  const routes = [...new Set(set.routes)].sort()
  const position = new Map(routes.map((route, i) => [route, i]))
  const labels = Int32Array.from(set.routes, (route) => position.get(route) as number)
  const counts = new Float32Array(routes.length)
  for (const label of labels) counts[label] = (counts[label] as number) + 1
  const centroids = fitCentroids(set, labels, routes.length)
  const rows = shuffled([...labels.keys()], createRandom(options.seed)).slice(0, MAX_PROBES)
  const probes = rows
    .map((row) => ({ row, label: labels[row] as number }))
    .filter(({ label }) => (counts[label] as number) > 1)
    .map(({ row, label }) => ({
      label,
      evidence: leaveOneOut(set, row, { label, routes, counts, centroids }),
    }))
  const parameters = chooseBlend(probes)
  const threshold = chooseThreshold(probes, routes, parameters)
  return {
    version: 1,
    routes,
    dimensions: set.dimensions,
    parameters,
    thresholds: Object.fromEntries(
      routes.filter((route) => route !== NONE_ROUTE).map((route) => [route, threshold]),
    ),
    arrays: { centroids, counts },
  }
}
