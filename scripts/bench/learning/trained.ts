// A generation in memory: what a rebuild would write, without the disk.

import type { Config } from '../../../src/config/config-schema.ts'
import { type BatchDecision, decideBatch } from '../../../src/core/classifier/batch-decisions.ts'
import { fitClassifier } from '../../../src/core/classifier/fit.ts'
import { createBatchRouter } from '../../../src/core/classifier/score-batch.ts'
import { effectiveThresholds } from '../../../src/core/decide/decide-route.ts'
import { type Exemplar, NONE_ROUTE } from '../../../src/core/types.ts'
import type { GateSet } from '../../../src/training/gate/decide-held-out.ts'
import { checkSides, decideSets } from '../../../src/training/gate/gate.ts'
import { fitOptions } from '../../../src/training/rebuild/fit-options.ts'
import type { GateCheck } from '../../../src/training/reports/gate-report.ts'
import type { Generation } from '../../../src/vector-index/generation.ts'
import type { Rows } from '../labelled-sets.ts'
import type { LabelledSet } from './learning-set.ts'

/** What of a generation is decided with and held against another. */
export type Trained = Pick<Generation, 'number' | 'exemplars' | 'vectors' | 'classifier'> & {
  manifest: Pick<Generation['manifest'], 'dimensions' | 'searchDimensions' | 'fit'>
}

export interface TrainOptions {
  number: number
  exemplars: Exemplar[]
  vectors: Float32Array
  set: LabelledSet
  config: Config
}

export const trainGeneration = (options: TrainOptions): Trained => {
  const { number, exemplars, vectors, set, config } = options
  const { dimensions, searchDimensions, anchors } = set
  const { model, report } = fitClassifier(
    {
      vectors,
      dimensions,
      searchDimensions,
      routes: exemplars.map(({ route }) => route),
      texts: exemplars.map(({ text }) => text),
      anchors,
      ...(set.guard && { sample: { ...set.guard, routes: set.guard.labels } }),
    },
    fitOptions(config),
  )
  const manifest = { dimensions, searchDimensions, fit: report }
  return { number, exemplars, vectors, classifier: model, manifest }
}

/** What a generation makes of some prompts, each by itself. */
export const decideRows = (
  trained: Trained,
  rows: Pick<Rows, 'texts' | 'vectors'>,
  config: Config,
): BatchDecision[] => {
  const { classifier: model, exemplars, vectors, manifest } = trained
  const { searchDimensions } = manifest
  const options = { model, exemplars, vectors, searchDimensions }
  const router = createBatchRouter({ ...options, neighbours: config.index.neighbours })
  return decideBatch(router.score(rows), options, {
    thresholds: effectiveThresholds(config.routes, model.thresholds),
    defaultRoute: config.default_route,
    routes: new Set(Object.keys(config.routes)),
  })
}

/** What the checks read of a generation is all there; the rest of one only exists on disk. */
const asGeneration = (trained: Trained): Generation => trained as unknown as Generation

/** The gate's checks that a candidate fails; those that need copies or a log of decisions are left out. */
export const failedChecks = (
  { serving, candidate }: Record<'serving' | 'candidate', Trained>,
  sets: readonly GateSet[],
  config: Config,
): GateCheck[] => {
  const sides = { serving: asGeneration(serving), candidate: asGeneration(candidate) }
  const { gate } = config.training
  const decided = decideSets(sets, sides, config)
  return checkSides(sides, decided, { replayed: null, gate }).filter(
    ({ verdict }) => verdict === 'failed',
  )
}

export interface Accuracy {
  /** Share of prompts whose best route is right. */
  best: number
  /** Share whose route was taken and is right; of prompts that no route fits, that none was taken. */
  decided: number
  /** Share of the prompts of a route that were not routed. */
  turnedAway: number
}

export const accuracyOn = (trained: Trained, rows: Rows, config: Config): Accuracy => {
  const decisions = decideRows(trained, rows, config)
  let [best, decided, away, inScope] = [0, 0, 0, 0]
  decisions.forEach(({ classification, choice }, i) => {
    const right = [rows.labels[i] as string, ...(rows.also?.[i] ?? [])]
    const taken = choice.reason === 'matched' ? choice.route : NONE_ROUTE
    if (right.includes(classification.scores[0]?.route ?? '')) best++
    if (right.includes(taken)) decided++
    if (right[0] === NONE_ROUTE) return
    inScope++
    if (taken === NONE_ROUTE) away++
  })
  const n = decisions.length
  return { best: best / n, decided: decided / n, turnedAway: away / Math.max(1, inScope) }
}
