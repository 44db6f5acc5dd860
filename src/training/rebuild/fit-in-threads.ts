// Fits the classifier on two cores: a thread scores the first half of the folds, this one the others and the heads on all rows. The
// result is that of `fitClassifier` to the last bit, as folds do not depend on each other.
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'
import type { FittedClassifier, TrainingSet } from '../../core/classifier/classifier.ts'
import { type FitOptions, fitClassifier, startFit } from '../../core/classifier/fit.ts'
import {
  type FoldPlan,
  joinFolds,
  type ScoredFold,
  scoreFold,
} from '../../core/classifier/out-of-fold.ts'
import { entryPoint } from '../../jobs/entry-point.ts'

/** With fewer rows a fit takes about as long as a thread takes to start. */
export const LEAST_ROWS = 1_000

/** Input of fold-worker.ts. */
export interface FoldJob {
  plan: FoldPlan
  folds: number[]
}

const startThread = (job: FoldJob): Promise<ScoredFold[]> => {
  const worker = new Worker(entryPoint(import.meta.url, './fold-worker.js'), { workerData: job })
  const scored = once(worker, 'message').then(([folds]) => folds as ScoredFold[])
  scored.catch(() => {}) // awaited by the caller, after work of its own
  return scored
}

export const fitInThreads = async (
  training: TrainingSet,
  options: FitOptions,
  leastRows = LEAST_ROWS,
): Promise<FittedClassifier> => {
  if (training.routes.length < leastRows) return fitClassifier(training, options)
  const { folds: plan, fitHeads, finish } = startFit(training, options)
  if (plan === null) return finish(null)
  const all = Array.from({ length: plan.scored }, (_, f) => f)
  const half = Math.ceil(plan.scored / 2)
  const others = startThread({ plan, folds: all.slice(0, half) })
  const own = all.slice(half).map((f) => scoreFold(plan, f))
  fitHeads()
  return finish(joinFolds([...(await others), ...own]))
}
