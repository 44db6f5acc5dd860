// Labelled files → predictions and a report, for `signalbox eval`: on the served generation, or fitted afresh in memory.
// Nothing here writes to the index or the training data; labels may be any strings.
import { readFile } from 'node:fs/promises'
import type { IndexConfig } from '../../config/config-schema.ts'
import type { Anchors, PerturbedCopies, UnseenRow } from '../../core/classifier/classifier.ts'
import { type EvaluationReport, evaluate, isNoneLabel } from '../../core/classifier/evaluate.ts'
import { type FitOptions, fitClassifier } from '../../core/classifier/fit.ts'
import { createClassifier } from '../../core/classifier/score.ts'
import type { RowShape } from '../../core/linear/vectors.ts'
import { createRandom } from '../../core/statistics/random.ts'
import { NONE_ROUTE } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import {
  formatOfPath,
  IMPORT_KEYS,
  type ImportFormat,
  parseRows,
} from '../../training/exemplars/import-rows.ts'
import type { Shape } from '../../training/exemplars/shape.ts'
import { type PredictedRow, predict, type Router } from '../../training/rebuild/predict.ts'
import { createExactIndex } from '../../vector-index/exact.ts'
import { buildHnsw } from '../../vector-index/hnsw.ts'
import type { VectorIndex } from '../../vector-index/vector-index.ts'
import type { TrainingRows } from './audit.ts'
import { judgedLabel, type RowTags, tagsOf } from './row-groups.ts'

export interface LabelledRow {
  text: string
  label: string
  /** What else the row says of itself; absent in rows that were made, not read. */
  tags?: RowTags
}

export interface Prediction extends PredictedRow {
  text: string
  tags: RowTags
}

/** Above this many exemplars a graph is faster, building included, than comparing every row with all. */
const EXACT_LIMIT = 4_000
const MAX_PROBLEMS_SHOWN = 10
/** `label` before `route`: a predictions file has both, and its label is the truth. */
const LABELLED_KEYS = { text: IMPORT_KEYS.text, label: ['label', 'route', 'intent'] }

const formatOf = (path: string): ImportFormat =>
  /\.\w+$/.test(path) ? formatOfPath(path) : 'jsonl'

/**
 * Rows of a labelled file (JSONL, CSV, JSON or YAML by its name), all of them or none.
 * @throws RouterError `invalid_exemplar` naming file and line of each bad row, or an empty file.
 */
export const readLabelledRows = async (path: string): Promise<LabelledRow[]> => {
  const content = await readFile(path, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RouterError('invalid_exemplar', `${path} cannot be read (${error.code}).`, {
      cause: error,
    })
  })
  const { rows, bad } = parseRows(content, { format: formatOf(path), keys: LABELLED_KEYS })
  const labelled: LabelledRow[] = []
  for (const { text, label, line, fields } of rows) {
    if (typeof text !== 'string') bad.push({ line, reason: 'its text is not a string' })
    else if (typeof label !== 'string') bad.push({ line, reason: 'its label is not a string' })
    else labelled.push({ text, label, tags: tagsOf(fields) })
  }
  if (bad.length > 0) {
    const shown = bad.slice(0, MAX_PROBLEMS_SHOWN).map((b) => `${path}:${b.line}: ${b.reason}`)
    const more = bad.length > shown.length ? [`… and ${bad.length - shown.length} more`] : []
    const expected = 'expected {"text": "…", "label": "…"} on every line'
    throw new RouterError('invalid_exemplar', [...shown, ...more, expected].join('\n'))
  }
  if (labelled.length === 0) throw new RouterError('invalid_exemplar', `${path} has no rows.`)
  return labelled
}

export interface TrainInput extends RowShape {
  shape: Shape
  rows: readonly LabelledRow[]
  /** One whole row of the encoder for each of `rows`. */
  vectors: Float32Array
  /** What is trained on beside them. */
  beside?: { copies: PerturbedCopies; anchors: Anchors }
  config: IndexConfig
  /** Default: the index's seed, all else as fit.ts has it. */
  fit?: FitOptions
}

const temporaryIndex = (input: TrainInput): VectorIndex => {
  const { vectors, dimensions, searchDimensions, config } = input
  const rowShape = { dimensions, searchDimensions }
  if (input.rows.length <= EXACT_LIMIT) return createExactIndex({ vectors, ...rowShape })
  const { m, ef_construction: efConstruction, ef_search: efSearch, seed } = config
  return buildHnsw({ vectors, ...rowShape, m, efConstruction, efSearch, seed })
}

export interface TrainedRouter {
  router: Router
  /** What it was fitted on, for a look at the rows themselves. */
  training: TrainingRows
  /** Out-of-fold predictions of those rows; null where it was fitted elsewhere. */
  unseen: readonly UnseenRow[] | null
}

/** Fits on labelled rows with an index of its own; rows labelled `none` or `oos` become negative exemplars. */
export const trainRouter = (input: TrainInput): TrainedRouter => {
  const routes = input.rows.map(({ label }) => (isNoneLabel(label) ? NONE_ROUTE : label))
  const { vectors, dimensions, searchDimensions, config } = input
  const texts = input.rows.map(({ text }) => input.shape(text).text)
  const set = { vectors, dimensions, searchDimensions, routes, texts, ...input.beside }
  const { model, unseen } = fitClassifier(set, input.fit ?? { seed: config.seed })
  const index = temporaryIndex(input)
  return {
    router: {
      index,
      exemplars: routes.map((route, row) => ({ id: `row-${row + 1}`, route })),
      vectors,
      classifier: createClassifier(model),
      thresholds: model.thresholds,
      routes: new Set(routes.filter((route) => route !== NONE_ROUTE)),
      neighbours: config.neighbours,
    },
    training: { texts: input.rows.map(({ text }) => text), set, index },
    unseen,
  }
}

export interface PredictRowsInput {
  rows: readonly LabelledRow[]
  /** One whole row of the encoder for each of `rows`. */
  vectors: Float32Array
  shape: Shape
  router: Router
}

/** One prediction per row, in their order. */
export const predictRows = ({ rows, vectors, shape, router }: PredictRowsInput): Prediction[] => {
  const dimensions = router.index.dimensions
  return rows.map(({ text, label, tags = tagsOf(undefined) }, row) => {
    const vector = vectors.subarray(row * dimensions, (row + 1) * dimensions)
    const predicted = predict({ label, vector, ...shape(text) }, router)
    return { text, tags, ...predicted, label: judgedLabel(label, tags.also, predicted) }
  })
}

export interface EvaluateRowsInput extends PredictRowsInput {
  /** Of the bootstrap intervals. */
  seed: number
}

/** One prediction per row, in their order, and what they amount to. */
export const evaluateRows = (
  input: EvaluateRowsInput,
): { report: EvaluationReport; predictions: Prediction[] } => {
  const predictions = predictRows(input)
  return { report: evaluate(predictions, createRandom(input.seed)), predictions }
}
