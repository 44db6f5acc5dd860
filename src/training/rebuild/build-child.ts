// The build process: fits the classifier, measures it on the held-out rows, builds the graph and writes the generation.
// All of it blocks its thread, which is why it is a process.

import type { ClassifierModel } from '../../core/classifier/classifier.ts'
import { evaluate, headlineOf } from '../../core/classifier/evaluate.ts'
import { fitClassifier } from '../../core/classifier/fit.ts'
import { createClassifier } from '../../core/classifier/score.ts'
import { effectiveThresholds } from '../../core/decide/decide-route.ts'
import { serveChildJob, type TellProgress } from '../../jobs/child-job.ts'
import { createExactIndex } from '../../vector-index/exact.ts'
import { writeGeneration } from '../../vector-index/generation-writer.ts'
import type { Manifest } from '../../vector-index/manifest.ts'
import type { BuildJob } from './build-job.ts'
import { predict, type Router } from './predict.ts'

const measureHeldOut = (job: BuildJob, model: ClassifierModel): Record<string, number> | null => {
  const { draft, heldOut, routes, neighbours } = job
  if (heldOut === null) return null
  const { dimensions, searchDimensions, vectors, exemplars } = draft
  const router: Router = {
    index: createExactIndex({ vectors, dimensions, searchDimensions }),
    exemplars,
    vectors,
    classifier: createClassifier(model),
    thresholds: effectiveThresholds(routes, model.thresholds),
    routes: new Set(Object.keys(routes)),
    neighbours,
  }
  const rows = heldOut.labels.map((label, row) => {
    const vector = heldOut.vectors.subarray(row * dimensions, (row + 1) * dimensions)
    const text = heldOut.texts[row] ?? ''
    return predict({ label, text, vector, hasSignal: heldOut.hasSignal[row] ?? false }, router)
  })
  return headlineOf(evaluate(rows))
}

const build = async (job: BuildJob, tellProgress: TellProgress): Promise<Manifest> => {
  const { draft, indexDir } = job
  const { vectors, dimensions, searchDimensions, exemplars } = draft
  await tellProgress('fit', 0, 1)
  const routes = exemplars.map(({ route }) => route)
  const set = { vectors, dimensions, searchDimensions, routes, texts: job.texts, ...job.beside }
  const fitted = fitClassifier(set, job.fit)
  const classifier = fitted.model
  await tellProgress('evaluate', 0, 1)
  const heldOut = measureHeldOut(job, classifier)
  return writeGeneration(
    indexDir,
    { ...draft, classifier, fit: fitted.report, heldOut },
    (done, total) => {
      void tellProgress('graph', done, total)
    },
  )
}

serveChildJob<BuildJob, Manifest>(build)
