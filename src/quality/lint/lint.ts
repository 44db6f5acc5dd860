// `signalbox lint`: all findings about the training data, in the order in which they should be fixed.
// Reads only; works without a server and without an index, on what the files say and what the encoder makes of it.
import type { Config } from '../../config/config-schema.ts'
import { fitClassifier } from '../../core/classifier/fit.ts'
import type { RowShape } from '../../core/linear/vectors.ts'
import type { Encoder } from '../../encoder/encoder.ts'
import type { Store } from '../../store/store.ts'
import { embedTexts } from '../../training/exemplars/embed-exemplars.ts'
import { createShape } from '../../training/exemplars/shape.ts'
import type { VectorCache } from '../../training/exemplars/vector-cache.ts'
import type { LintReport } from '../../training/reports/lint-report.ts'
import { createExactIndex } from '../../vector-index/exact.ts'
import { buildHnsw } from '../../vector-index/hnsw.ts'
import type { VectorIndex } from '../../vector-index/vector-index.ts'
import type { UnseenPrediction } from '../evaluation/label-noise.ts'
import { coverageFindings } from './coverage-rules.ts'
import type { Finding, LintRow, LintSet, Severity } from './finding.ts'
import { gapFindings, lowPrompts } from './gaps.ts'
import { learningCurves } from './learning-curve.ts'
import { nearLeakageFindings, nearPairFindings } from './near-rules.ts'
import { readLines } from './read-lines.ts'
import {
  blurredFindings,
  disagreementFindings,
  noiseFindings,
  sizeFindings,
  thinFindings,
} from './route-rules.ts'
import { styleFindings } from './style-rules.ts'
import { textFindings } from './text-rules.ts'

/** Neighbours kept of each row: enough for the learning curve at an eighth of the rows. */
const NEIGHBOURS = 32
/** Above this many rows a graph is faster than comparing all with all. */
const EXACT_LIMIT = 6_000
const CONCURRENCY = 8
const SEVERITIES: readonly Severity[] = ['error', 'warning', 'note']

export interface LintInput {
  config: Config
  trainingDir: string
  /** The folder as findings name it, e.g. `training-data`. */
  shownDir: string
  encoder: Encoder
  cache: Pick<VectorCache, 'get' | 'put'>
  /** Routes of the current generation; null where there is none. */
  trained: readonly string[] | null
  /** Null where there are no past decisions. */
  store: Pick<Store, 'listDecisions'> | null
  onProgress?: (done: number, total: number) => void
}

/** Whole rows of the encoder. */
const embed = async (rows: readonly LintRow[], input: LintInput): Promise<Float32Array> => {
  const { encoder, cache, onProgress } = input
  const { vectors } = await embedTexts(
    rows.map(({ shaped }) => shaped),
    {
      encoder,
      concurrency: CONCURRENCY,
      lookup: cache.get,
      remember: cache.put,
      ...(onProgress ? { onProgress } : {}),
    },
  )
  return vectors
}

/** The unit-length beginnings of whole rows: what similarity is about. */
const beginnings = (whole: Float32Array, { dimensions, searchDimensions }: RowShape) => {
  const rows = whole.length / dimensions
  const unit = new Float32Array(rows * searchDimensions)
  for (let row = 0; row < rows; row++) {
    const at = row * dimensions
    unit.set(whole.subarray(at, at + searchDimensions), row * searchDimensions)
  }
  return unit
}

const createIndex = (vectors: Float32Array, dimensions: number, config: Config): VectorIndex => {
  const shape = { dimensions, searchDimensions: dimensions }
  if (vectors.length / dimensions <= EXACT_LIMIT) return createExactIndex({ vectors, ...shape })
  const { m, ef_construction: efConstruction, ef_search: efSearch, seed } = config.index
  return buildHnsw({ vectors, ...shape, m, efConstruction, efSearch, seed })
}

/** What a classifier says of each exemplar when it was fitted without it; nothing where one route is all there is. */
const unseenOf = (
  rows: readonly LintRow[],
  vectors: Float32Array,
  { config, encoder }: LintInput,
): UnseenPrediction[] => {
  const routes = rows.map(({ route }) => route)
  if (new Set(routes).size < 2) return []
  const { dimensions, searchDimensions } = encoder
  const texts = rows.map(({ shaped }) => shaped)
  const set = { vectors, dimensions, searchDimensions, routes, texts }
  return fitClassifier(set, { seed: config.index.seed }).unseen
}

const vectorFindings = (
  rows: LintRow[],
  heldOut: LintRow[],
  whole: Float32Array,
  input: LintInput,
): Finding[] => {
  const { config, encoder } = input
  const { dimensions, searchDimensions } = encoder
  const vectors = beginnings(whole, encoder)
  const unit = vectors.subarray(0, rows.length * searchDimensions)
  const index = createIndex(unit, searchDimensions, config)
  const rowAt = (i: number) => vectors.subarray(i * searchDimensions, (i + 1) * searchDimensions)
  const neighbours = rows.map((_, i) =>
    index.search(rowAt(i), NEIGHBOURS + 1).filter(({ position }) => position !== i),
  )
  const set: LintSet = { rows, vectors: unit, dimensions: searchDimensions, neighbours }
  const nearest = heldOut.map((_, i) => index.search(rowAt(rows.length + i), 1)[0])
  const { seed } = config.index
  const unseen = unseenOf(rows, whole.subarray(0, rows.length * dimensions), input)
  return [
    ...thinFindings({
      curves: learningCurves(set, seed),
      routes: Object.keys(config.routes),
      defaultRoute: config.default_route,
    }),
    ...blurredFindings(set, unseen),
    ...noiseFindings(set, unseen),
    ...nearPairFindings(set),
    ...nearLeakageFindings(rows, heldOut, nearest),
  ]
}

/** @throws RouterError of the encoder or the store, `invalid_exemplar` where the folder cannot be read. */
export const lintTraining = async (input: LintInput): Promise<LintReport> => {
  const { config, encoder, store } = input
  const { rows, heldOut, findings } = await readLines({
    dir: input.trainingDir,
    shownDir: input.shownDir,
    routes: Object.keys(config.routes),
    shape: createShape(config.encoder.max_chars),
  })
  const vectors = await embed([...rows, ...heldOut], input)
  const low = store ? await lowPrompts(store, encoder) : []
  const all = [
    ...findings,
    ...(input.trained ? disagreementFindings(input.trained, config) : []),
    ...textFindings(rows, heldOut),
    ...vectorFindings(rows, heldOut, vectors, input),
    ...sizeFindings(rows),
    ...styleFindings(rows),
    ...coverageFindings(rows),
    ...gapFindings(low, encoder.searchDimensions),
  ]
  const count = (severity: Severity) => all.filter((f) => f.severity === severity).length
  return {
    exemplars: rows.length,
    routes: new Set(rows.map(({ route }) => route)).size,
    heldOut: heldOut.length,
    lowPrompts: low.length,
    errors: count('error'),
    warnings: count('warning'),
    notes: count('note'),
    findings: SEVERITIES.flatMap((severity) => all.filter((f) => f.severity === severity)),
  }
}
