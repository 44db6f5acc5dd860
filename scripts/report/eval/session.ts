// The engines behind an evaluation: an embedding function with its cache, and the routers that it may be about.

import { isNoneLabel } from '../../../src/core/classifier/evaluate.ts'
import { createClassifier } from '../../../src/core/classifier/score.ts'
import { effectiveThresholds } from '../../../src/core/decide/decide-route.ts'
import { RouterError } from '../../../src/errors.ts'
import {
  type LabelledRow,
  type Prediction,
  predictRows,
  type TrainedRouter,
  trainRouter,
} from '../../../src/quality/evaluation/evaluate-file.ts'
import { augment } from '../../../src/training/exemplars/augment.ts'
import { embedTexts } from '../../../src/training/exemplars/embed-exemplars.ts'
import { createShape, type Shape } from '../../../src/training/exemplars/shape.ts'
import { fitOptions } from '../../../src/training/rebuild/fit-options.ts'
import type { Router } from '../../../src/training/rebuild/predict.ts'
import { openConfiguredCache } from '../../../src/training/rebuild/prepare-training-set.ts'
import { loadGeneration } from '../../../src/vector-index/generation-loader.ts'
import { currentGeneration } from '../../../src/vector-index/generation-store.ts'
import type { ScriptContext } from '../../terminal/context.ts'
import { createProgress } from '../../terminal/output.ts'
import type { TrainingFiles } from './training-files.ts'

export interface EvalSession {
  context: ScriptContext
  shape: Shape
  /** One row of the encoder for each text, shaped as prompts are. */
  embed(texts: readonly string[], stage: string): Promise<Float32Array>
  /** What a router makes of labelled rows. */
  predict(rows: readonly LabelledRow[], router: Router, stage: string): Promise<Prediction[]>
}

export const openSession = async (
  context: ScriptContext,
  options: { json?: boolean },
): Promise<EvalSession> => {
  const { config, paths } = context
  const encoder = await context.encoder()
  const cache = await openConfiguredCache(paths.cache, encoder, config.encoder)
  const shape = createShape(config.encoder.max_chars)
  const embed: EvalSession['embed'] = async (texts, stage) => {
    const progress = createProgress(options)
    const embedded = await embedTexts(
      texts.map((text) => shape(text).text),
      {
        encoder,
        concurrency: 8,
        lookup: cache.get,
        remember: cache.put,
        onProgress: (done, total) => progress.update(stage, done, total),
      },
    ).finally(() => {
      progress.stop()
      return cache.flush()
    })
    return embedded.vectors
  }
  return {
    context,
    shape,
    embed,
    predict: async (rows, router, stage) => {
      const texts = rows.map(({ text }) => text)
      return predictRows({ rows, vectors: await embed(texts, stage), shape, router })
    },
  }
}

/** Asked before the encoder is started: without an index there is nothing to wait for. */
export const servedNumber = async ({ paths }: ScriptContext): Promise<number> => {
  const number = await currentGeneration(paths.index)
  if (number !== null) return number
  throw new RouterError(
    'index_unavailable',
    'There is no index generation to evaluate; build one with: signalbox rebuild (or pass --train FILE)',
  )
}

type Settings = Pick<ScriptContext['config'], 'routes' | 'index'>

/** Generation `number` as it would serve under these settings. */
export const generationRouter = async (
  { context, shape }: EvalSession,
  number: number,
  settings: Settings,
): Promise<TrainedRouter> => {
  const { id: encoderId, dimensions, searchDimensions } = await context.encoder()
  const generation = await loadGeneration(context.paths.index, number, { encoderId, dimensions })
  const { exemplars, vectors, index, classifier } = generation
  const texts = exemplars.map(({ text }) => text)
  const set = {
    vectors,
    dimensions,
    searchDimensions,
    routes: exemplars.map(({ route }) => route),
    texts: texts.map((text) => shape(text).text),
  }
  return {
    router: {
      index,
      exemplars,
      vectors,
      classifier: createClassifier(classifier),
      thresholds: effectiveThresholds(settings.routes, classifier.thresholds),
      routes: new Set(Object.keys(settings.routes)),
      neighbours: settings.index.neighbours,
    },
    training: { texts, set, index },
    unseen: null,
  }
}

/** Fitted in memory on these rows. */
export const fittedRouter = async (
  { context, shape, embed }: EvalSession,
  { rows, descriptions, trustsDescriptions }: Omit<TrainingFiles, 'name'>,
  config: Settings['index'],
): Promise<TrainedRouter> => {
  const texts = rows.map(({ text }) => text)
  const { training } = context.config
  const beside = augment({
    texts: texts.map((text) => shape(text).text),
    routes: rows.map(({ label }) => label),
    descriptions: Object.fromEntries(
      rows
        .filter(({ label }) => !isNoneLabel(label))
        .map(({ label }) => [label, descriptions?.[label] ?? []]),
    ),
    copiesPerRoute: training.copies_per_route,
    seed: config.seed,
  })
  const all = await embed([...texts, ...beside.texts], 'Embedding training rows')
  const { dimensions, searchDimensions } = await context.encoder()
  const split = texts.length * dimensions
  return trainRouter({
    rows,
    vectors: all.slice(0, split),
    beside: beside.complete(all.slice(split)),
    ...{ dimensions, searchDimensions, shape, config },
    fit: {
      ...fitOptions({ index: config, training }),
      ...(descriptions ? { trustDescriptions: trustsDescriptions } : {}),
    },
  })
}
