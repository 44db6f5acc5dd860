// signalbox eval: how good the routing is on labelled prompts, of the served generation or of a file fitted in memory.
import { rename, writeFile } from 'node:fs/promises'
import { type Command, InvalidArgumentError } from 'commander'
import { effectiveThresholds } from '../src/core/decide.ts'
import type { EvaluationReport } from '../src/core/evaluate.ts'
import { createClassifier } from '../src/core/score.ts'
import { NONE_ROUTE } from '../src/core/types.ts'
import { RouterError } from '../src/errors.ts'
import { embedTexts } from '../src/training/embed-exemplars.ts'
import {
  evaluateRows,
  type LabelledRow,
  type Prediction,
  readLabelledRows,
  trainRouter,
} from '../src/training/evaluate-file.ts'
import type { Router } from '../src/training/predict.ts'
import { openConfiguredCache } from '../src/training/prepare-training-set.ts'
import { createShape } from '../src/training/shape.ts'
import { loadGeneration } from '../src/vector-index/generation-loader.ts'
import { currentGeneration } from '../src/vector-index/generation-store.ts'
import { type ScriptContext, withContext } from './support/context.ts'
import { describeEvaluation } from './support/describe-evaluation.ts'
import { createProgress, note, percent, printResult } from './support/output.ts'

interface Options {
  test: string
  train?: string
  none?: string
  predictions?: string
  minAccuracy?: number
  json?: boolean
}

type Embed = (rows: readonly LabelledRow[], stage: string) => Promise<Float32Array>

const createEmbed = async (context: ScriptContext, options: Options): Promise<Embed> => {
  const { config, paths } = context
  const encoder = await context.encoder()
  const cache = await openConfiguredCache(paths.cache, encoder, config.encoder)
  const shape = createShape(config.encoder.max_chars)
  return async (rows, stage) => {
    const progress = createProgress(options)
    const texts = rows.map(({ text }) => shape(text).text)
    const embedded = await embedTexts(texts, {
      encoder,
      concurrency: 8,
      lookup: cache.get,
      remember: cache.put,
      onProgress: (done, total) => progress.update(stage, done, total),
    }).finally(() => {
      progress.stop()
      return cache.flush()
    })
    return embedded.vectors
  }
}

const readTraining = async (options: Options & { train: string }): Promise<LabelledRow[]> => {
  const rows = await readLabelledRows(options.train)
  if (options.none === undefined) return rows
  const none = await readLabelledRows(options.none)
  return [...rows, ...none.map(({ text }) => ({ text, label: NONE_ROUTE }))]
}

/** Asked before the encoder is started: without an index there is nothing to wait for. */
const servedNumber = async ({ paths }: ScriptContext): Promise<number> => {
  const number = await currentGeneration(paths.index)
  if (number !== null) return number
  throw new RouterError(
    'index_unavailable',
    'There is no index generation to evaluate; build one with: signalbox rebuild (or pass --train FILE)',
  )
}

const servedRouter = async (context: ScriptContext, number: number): Promise<Router> => {
  const { config, paths } = context
  const { id: encoderId, dimensions } = await context.encoder()
  const generation = await loadGeneration(paths.index, number, { encoderId, dimensions })
  return {
    index: generation.index,
    exemplars: generation.exemplars,
    classifier: createClassifier(generation.classifier),
    thresholds: effectiveThresholds(config.routes, generation.classifier.thresholds),
    routes: new Set(Object.keys(config.routes)),
    neighbours: config.index.neighbours,
  }
}

const trainedRouter = async (
  context: ScriptContext,
  rows: readonly LabelledRow[],
  embed: Embed,
): Promise<Router> => {
  const vectors = await embed(rows, 'Embedding training rows')
  const { dimensions } = await context.encoder()
  const shape = createShape(context.config.encoder.max_chars)
  return trainRouter({ rows, vectors, dimensions, shape, config: context.config.index })
}

const writePredictions = async (path: string, predictions: Prediction[]): Promise<void> => {
  const lines = predictions.map(({ text, label, top, route, confidence, scores }) =>
    JSON.stringify({ text, label, top, route, confidence, scores }),
  )
  const temporary = `${path}.${process.pid}.tmp`
  await writeFile(temporary, `${lines.join('\n')}\n`)
  await rename(temporary, path)
}

const noteUnknownLabels = (report: EvaluationReport, routes: ReadonlySet<string>): void => {
  const unknown = report.perRoute.filter((r) => r.support > 0 && !routes.has(r.route))
  if (unknown.length === 0) return
  const names = unknown.slice(0, 5).map(({ route }) => route)
  note(
    `note: ${unknown.length} labels of the test rows are no routes and can only be wrong: ${names.join(', ')}${unknown.length > 5 ? ', …' : ''}`,
  )
}

const run = async (context: ScriptContext, options: Options): Promise<void> => {
  const rows = await readLabelledRows(options.test)
  const { train } = options
  const trainRows = train === undefined ? null : await readTraining({ ...options, train })
  const number = trainRows === null ? await servedNumber(context) : 0
  const embed = await createEmbed(context, options)
  const router = trainRows
    ? await trainedRouter(context, trainRows, embed)
    : await servedRouter(context, number)
  const trainedOn = trainRows
    ? { file: train ?? '', rows: trainRows.length }
    : { generation: number }
  const vectors = await embed(rows, 'Embedding test rows')
  const shape = createShape(context.config.encoder.max_chars)
  const { report, predictions } = evaluateRows({
    rows,
    vectors,
    shape,
    router,
    seed: context.config.index.seed,
  })
  if (options.predictions !== undefined) await writePredictions(options.predictions, predictions)
  noteUnknownLabels(report, router.routes)
  printResult(options, { trainedOn, test: options.test, ...report }, () =>
    describeEvaluation(report, trainedOn),
  )
  const { minAccuracy } = options
  if (minAccuracy === undefined || (report.accuracy ?? 0) >= minAccuracy) return
  process.stderr.write(
    `error: accuracy ${percent(report.accuracy)} is below --min-accuracy ${percent(minAccuracy)}\n`,
  )
  process.exitCode = 1
}

const toShare = (value: string): number => {
  const share = Number(value)
  if (value.trim() !== '' && share >= 0 && share <= 1) return share
  throw new InvalidArgumentError('Expected a share from 0 to 1, e.g. 0.85.')
}

export const registerEval = (program: Command): void => {
  const command = program
    .command('eval')
    .description(
      'Measure the routing on labelled prompts; changes neither index nor training data.',
    )
    .requiredOption('--test <file>', 'rows {"text", "label"}; label none or oos: no route fits')
    .option('--train <file>', 'fit on these rows in memory instead of using the served generation')
    .option('--none <file>', 'with --train: rows that belong to no route, whatever their label')
    .option('--predictions <file>', 'write one JSON line per test row')
    .option('--min-accuracy <share>', 'exit 1 below this accuracy, 0 to 1', toShare)
    .option('--json', 'one JSON object on stdout')
    .addHelpText(
      'after',
      '\nExamples:\n  signalbox eval --test training-data/held-out.jsonl --min-accuracy 0.8\n  signalbox eval --train banking.train.jsonl --test banking.dev.jsonl --predictions out.jsonl',
    )
  command.action((options: Options) => {
    if (options.none !== undefined && options.train === undefined) {
      command.error(
        'error: --none belongs to --train; out-of-scope test rows go into the --test file',
        { exitCode: 2 },
      )
    }
    return withContext((context) => run(context, options))
  })
}
