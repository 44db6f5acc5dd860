// Rebuild, second half: fits the classifier, measures it on the held-out rows, builds the graph and writes the generation.
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Config } from '../../config/config-schema.ts'
import { type ShapeRow, shapeFigures, shapeOf } from '../../core/alerting/traffic-shape.ts'
import type { ClassifierModel, TrainingSet } from '../../core/classifier/classifier.ts'
import { evaluate, headlineOf } from '../../core/classifier/evaluate.ts'
import type { FitOptions } from '../../core/classifier/fit.ts'
import { createClassifier } from '../../core/classifier/score.ts'
import { effectiveThresholds } from '../../core/decide/decide-route.ts'
import { createExactIndex } from '../../vector-index/exact.ts'
import type { GenerationDraft } from '../../vector-index/generation-draft.ts'
import { writeGeneration } from '../../vector-index/generation-writer.ts'
import type { Manifest } from '../../vector-index/manifest.ts'
import type { HeldOutSet } from '../exemplars/held-out-set.ts'
import { fitOutcomes, type RouteAim } from '../outcomes/fit-outcomes.ts'
import type { KeptOutcomes } from '../outcomes/gather-outcomes.ts'
import { type RoutingReport, routingReport } from '../reports/routing-report.ts'
import { fitInThreads } from './fit-in-threads.ts'
import { type PredictedRow, predict, type Router } from './predict.ts'

export interface BuildInput {
  indexDir: string
  /** All of a generation but what is made here. */
  draft: Omit<GenerationDraft, 'classifier' | 'unseen' | 'heldOut' | 'outcomes'>
  /** Outcomes to learn from; null where there are none. */
  learnable?: KeptOutcomes | null
  /** Routes that select by outcomes. */
  aims?: readonly RouteAim[]
  /** Routing text of each exemplar. */
  texts: string[]
  /** Copies and anchors to train on beside the exemplars, and the traffic sample. */
  beside: Pick<TrainingSet, 'copies' | 'anchors' | 'sample'>
  fit: FitOptions
  heldOut: HeldOutSet | null
  /** Configured thresholds, with which the held-out figures are measured. */
  routes: Record<string, Pick<Config['routes'][string], 'threshold'>>
  /** k: neighbours fetched per row. */
  neighbours: number
}

export type BuildStage = 'fit' | 'evaluate' | 'graph'
export type BuildProgress = { stage: BuildStage; done: number; total: number }

interface HeldOutMeasures {
  /** For the manifest. */
  figures: Record<string, number>
  /** For the report. */
  routing: RoutingReport
}

export interface BuiltGeneration {
  manifest: Manifest
  /** Null without held-out rows. */
  routing: RoutingReport | null
}

const measureHeldOut = (input: BuildInput, model: ClassifierModel): HeldOutMeasures | null => {
  const { draft, heldOut, routes, neighbours } = input
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
  const shape = shapeFigures(shapeOf(rows.map(shapeRow(model, heldOut.texts))))
  return { figures: { ...headlineOf(evaluate(rows)), ...shape }, routing: routingReport(rows) }
}

/** A held-out row for the traffic shape, the baseline of drift. */
const shapeRow =
  ({ parameters }: ClassifierModel, texts: readonly string[]) =>
  (
    { top, confidence, route, novelty, scores, similarities }: PredictedRow,
    at: number,
  ): ShapeRow => ({
    top,
    confidence,
    isAbstained: route === null,
    isNovel: novelty > (parameters.noveltyLimit ?? Number.POSITIVE_INFINITY),
    position: top === null ? null : { scores, similarities, chars: texts[at]?.length ?? 0 },
  })

/**
 * Builds and writes a generation without making it current. Blocks its thread for seconds, so it must not run in the serving process.
 * @throws RouterError as `writeGeneration`
 */
export const buildGeneration = async (
  input: BuildInput,
  onProgress: (progress: BuildProgress) => void = () => {},
): Promise<BuiltGeneration> => {
  const { draft, indexDir, texts, beside, fit, learnable = null, aims = [] } = input
  const { vectors, dimensions, searchDimensions, exemplars } = draft
  // Yields to the event loop after each report, so that it is shown or sent before the thread is busy again.
  const begin = async (stage: BuildStage): Promise<void> => {
    onProgress({ stage, done: 0, total: 1 })
    await nextTurn()
  }
  await begin('fit')
  const routes = exemplars.map(({ route }) => route)
  const set = { vectors, dimensions, searchDimensions, routes, texts, ...beside }
  const { model: classifier, report, unseen } = await fitInThreads(set, fit)
  const outcomes = fitOutcomes(learnable, { aims, split: searchDimensions, seed: draft.seed })
  await begin('evaluate')
  const measured = measureHeldOut(input, classifier)
  const heldOut = measured?.figures ?? null
  const whole = { ...draft, classifier, fit: report, unseen, heldOut, outcomes }
  await begin('graph')
  const manifest = await writeGeneration(indexDir, whole, (done, total) =>
    onProgress({ stage: 'graph', done, total }),
  )
  return { manifest, routing: measured?.routing ?? null }
}
