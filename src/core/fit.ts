// A rebuild's fitting step: centroids, the softmax head, how they are averaged, temperatures, thresholds.
// The last three are chosen on scores of exemplars that the scoring parts had not seen, so no held-out prompt is used up.
import { CLASSIFIER_VERSION, type ClassifierModel, type TrainingSet } from './classifier.ts'
import { blend, type Evidence } from './evidence.ts'
import { type FittedHead, fitSoftmaxHead } from './fit-head.ts'
import { leaveOneOut, type RouteSums, sumRoutes } from './leave-one-out.ts'
import { createRandom } from './random.ts'
import { NONE_ROUTE } from './types.ts'
import { softmax } from './vectors.ts'

/** Exemplars that the averaging is chosen on: enough for four numbers, and bounded in time. */
const MAX_PROBES = 1_500
const NEAREST_WEIGHTS = [0, 0.2, 0.4, 0.6, 0.8, 1]
const NEAREST_TEMPERATURES = [0.01, 0.015, 0.02, 0.03, 0.04, 0.05, 0.07, 0.1, 0.15]
const HEAD_TEMPERATURES = [0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.15, 1.3, 1.5, 1.8, 2.2]
/** At least half: the unseen scores come from heads fitted on three quarters of the exemplars, which understates it. */
const HEAD_SHARES = [0.5, 0.6, 0.7, 0.8, 0.9, 1]
/** Share of correctly classified in-scope exemplars that `threshold: auto` may turn away. */
const ABSTENTION_BUDGET = 0.005

interface Probe {
  evidence: Evidence
  headLogits: Float32Array
  /** Position of the true route. */
  label: number
}

/** The candidate that loses least; `loss` is a mean log loss. */
const least = <T>(candidates: T[], loss: (candidate: T) => number): T => {
  let best = candidates[0] as T
  let bestLoss = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    const value = loss(candidate)
    if (value < bestLoss) {
      best = candidate
      bestLoss = value
    }
  }
  return best
}

const meanLogLoss = (probes: Probe[], probability: (probe: Probe) => number): number =>
  probes.reduce((sum, probe) => sum - Math.log(Math.max(probability(probe), 1e-12)), 0)

const fromNeighbours = (probe: Probe, p: { nearestWeight: number; nearestTemperature: number }) =>
  softmax(blend(probe.evidence, p.nearestWeight), p.nearestTemperature)

const chooseParameters = (probes: Probe[]) => {
  const nearest = least(
    NEAREST_WEIGHTS.flatMap((nearestWeight) =>
      NEAREST_TEMPERATURES.map((nearestTemperature) => ({ nearestWeight, nearestTemperature })),
    ),
    (p) => meanLogLoss(probes, (probe) => fromNeighbours(probe, p)[probe.label] as number),
  )
  const headTemperature = least(HEAD_TEMPERATURES, (temperature) =>
    meanLogLoss(
      probes,
      ({ headLogits, label }) => softmax(headLogits, temperature)[label] as number,
    ),
  )
  const sides = new Map(
    probes.map((probe) => [
      probe,
      {
        near: fromNeighbours(probe, nearest)[probe.label] as number,
        head: softmax(probe.headLogits, headTemperature)[probe.label] as number,
      },
    ]),
  )
  const headShare = least(HEAD_SHARES, (share) =>
    meanLogLoss(probes, (probe) => {
      const { near, head } = sides.get(probe) ?? { near: 0, head: 0 }
      return share * head + (1 - share) * near
    }),
  )
  return { ...nearest, headTemperature, headShare }
}

type Parameters = ReturnType<typeof chooseParameters>

/** One threshold for all routes: the confidence that turns away no more than the budget of right decisions. */
const chooseThreshold = (probes: Probe[], routes: string[], parameters: Parameters): number => {
  const right: number[] = []
  for (const probe of probes) {
    if (routes[probe.label] === NONE_ROUTE) continue
    const near = fromNeighbours(probe, parameters)
    const head = softmax(probe.headLogits, parameters.headTemperature)
    const { headShare } = parameters
    const p = near.map((value, i) => headShare * (head[i] as number) + (1 - headShare) * value)
    const best = Math.max(...p)
    if (p.indexOf(best) === probe.label) right.push(best)
  }
  right.sort((a, b) => a - b)
  return right[Math.floor(right.length * ABSTENTION_BUDGET)] ?? 0
}

const toProbes = (set: TrainingSet, sums: RouteSums, head: FittedHead): Probe[] =>
  [...head.unseenLogits]
    .filter(([row]) => (sums.counts[sums.labels[row] as number] as number) > 1)
    .slice(0, MAX_PROBES)
    .map(([row, headLogits]) => ({
      label: sums.labels[row] as number,
      headLogits,
      evidence: leaveOneOut(set, row, sums),
    }))

/** Fits the classifier of a generation. Deterministic under `seed`; `set.vectors` rows are unit length. */
export const fitClassifier = (set: TrainingSet, options: { seed: number }): ClassifierModel => {
  const sums = sumRoutes(set)
  const head = fitSoftmaxHead(set, sums, createRandom(options.seed))
  const probes = toProbes(set, sums, head)
  const parameters = chooseParameters(probes)
  const threshold = chooseThreshold(probes, sums.routes, parameters)
  const inScope = sums.routes.filter((route) => route !== NONE_ROUTE)
  return {
    version: CLASSIFIER_VERSION,
    routes: sums.routes,
    dimensions: set.dimensions,
    parameters: { ...parameters, lexicalScale: head.lexicalScale },
    thresholds: Object.fromEntries(inScope.map((route) => [route, threshold])),
    arrays: {
      centroids: sums.centroids,
      counts: sums.counts,
      mean: head.mean,
      vocabularyHashes: Float32Array.from(head.vocabulary.hashes),
      vocabularyIdf: head.vocabulary.idf,
      headDense: head.weights.dense,
      headSparse: head.weights.sparse,
      headBias: head.weights.bias,
    },
  }
}
