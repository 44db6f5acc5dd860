// Labelled files → predictions and a report, for `signalbox eval`: on the served generation, or fitted afresh in memory.
// Nothing here writes to the index or the training data; labels may be any strings.
import { readFile } from 'node:fs/promises'
import type { IndexConfig } from '../config.ts'
import { type EvaluationReport, evaluate, isNoneLabel } from '../core/evaluate.ts'
import { fitClassifier } from '../core/fit.ts'
import { createRandom } from '../core/random.ts'
import { createClassifier } from '../core/score.ts'
import { NONE_ROUTE } from '../core/types.ts'
import { RouterError } from '../errors.ts'
import { createExactIndex } from '../vector-index/exact.ts'
import { buildHnsw } from '../vector-index/hnsw.ts'
import type { VectorIndex } from '../vector-index/vector-index.ts'
import { formatOfPath, IMPORT_KEYS, type ImportFormat, parseRows } from './import-rows.ts'
import { type PredictedRow, predict, type Router } from './predict.ts'
import type { Shape } from './shape.ts'

export interface LabelledRow {
  text: string
  label: string
}

export interface Prediction extends PredictedRow {
  text: string
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
  for (const { text, label, line } of rows) {
    if (typeof text !== 'string') bad.push({ line, reason: 'its text is not a string' })
    else if (typeof label !== 'string') bad.push({ line, reason: 'its label is not a string' })
    else labelled.push({ text, label })
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

export interface TrainInput {
  shape: Shape
  rows: readonly LabelledRow[]
  /** One unit row for each of `rows`. */
  vectors: Float32Array
  dimensions: number
  config: IndexConfig
}

const temporaryIndex = (input: TrainInput): VectorIndex => {
  const { vectors, dimensions, config } = input
  if (input.rows.length <= EXACT_LIMIT) return createExactIndex({ vectors, dimensions })
  const { m, ef_construction: efConstruction, ef_search: efSearch, seed } = config
  return buildHnsw({ vectors, dimensions, m, efConstruction, efSearch, seed })
}

/** Fits on labelled rows with an index of its own; rows labelled `none` or `oos` become negative exemplars. */
export const trainRouter = (input: TrainInput): Router => {
  const routes = input.rows.map(({ label }) => (isNoneLabel(label) ? NONE_ROUTE : label))
  const { vectors, dimensions, config } = input
  const texts = input.rows.map(({ text }) => input.shape(text).text)
  const model = fitClassifier({ vectors, dimensions, routes, texts }, { seed: config.seed })
  return {
    index: temporaryIndex(input),
    exemplars: routes.map((route, row) => ({ id: `row-${row + 1}`, route })),
    classifier: createClassifier(model),
    thresholds: model.thresholds,
    routes: new Set(routes.filter((route) => route !== NONE_ROUTE)),
    neighbours: config.neighbours,
  }
}

export interface EvaluateRowsInput {
  rows: readonly LabelledRow[]
  /** One unit row for each of `rows`. */
  vectors: Float32Array
  shape: Shape
  router: Router
  /** Of the bootstrap interval. */
  seed: number
}

/** One prediction per row, in their order, and what they amount to. */
export const evaluateRows = (
  input: EvaluateRowsInput,
): { report: EvaluationReport; predictions: Prediction[] } => {
  const { rows, vectors, shape, router } = input
  const dimensions = router.index.dimensions
  const predictions = rows.map(({ text, label }, row) => {
    const vector = vectors.subarray(row * dimensions, (row + 1) * dimensions)
    return { text, ...predict({ label, vector, ...shape(text) }, router) }
  })
  return { report: evaluate(predictions, createRandom(input.seed)), predictions }
}
