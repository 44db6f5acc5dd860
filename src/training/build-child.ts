// The build process: fits the classifier, measures it on the held-out rows, builds the graph and writes the generation.
// All of it blocks its thread, which is why it is a process; parent-watch.ts ends it with the parent even while it blocks.
import { Worker } from 'node:worker_threads'
import type { ClassifierModel } from '../core/classifier.ts'
import { effectiveThresholds } from '../core/decide.ts'
import { evaluate, headlineOf } from '../core/evaluate.ts'
import { fitClassifier } from '../core/fit.ts'
import { createClassifier } from '../core/score.ts'
import { entryPoint } from '../entry-point.ts'
import { toRouterError } from '../errors.ts'
import { createExactIndex } from '../vector-index/exact.ts'
import { writeGeneration } from '../vector-index/generation-writer.ts'
import type { Manifest } from '../vector-index/manifest.ts'
import type { BuildJob, BuildMessage, BuildStage } from './build-job.ts'
import { predict, type Router } from './predict.ts'

/** Resolves when the message is handed to the operating system. */
const tell = (message: BuildMessage): Promise<void> =>
  new Promise((resolve, reject) => {
    process.send?.(message, (error: Error | null) => (error ? reject(error) : resolve()))
  })

const tellProgress = (stage: BuildStage, done: number, total: number): Promise<void> =>
  tell({ kind: 'progress', stage, done, total })

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

const build = async (job: BuildJob): Promise<Manifest> => {
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

const run = async (job: BuildJob): Promise<void> => {
  try {
    await tell({ kind: 'done', manifest: await build(job) })
  } catch (error) {
    const { code, message, cause } = toRouterError(error)
    const detail = code === 'internal' && cause instanceof Error ? ` (${cause.message})` : ''
    await tell({ kind: 'failed', code, message: message + detail })
  }
  process.exit(0)
}

new Worker(entryPoint(import.meta.url, './parent-watch.js')).unref()
process.once('message', (job) => void run(job as BuildJob))
