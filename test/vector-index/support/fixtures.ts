// Vectors, drafts and folders for the index tests: seeded, so that a failure comes out the same twice.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { CLASSIFIER_VERSION } from '../../../src/core/classifier/classifier.ts'
import { normaliseRow, type RowShape } from '../../../src/core/linear/vectors.ts'
import { createRandom, type Random } from '../../../src/core/statistics/random.ts'
import type { Exemplar } from '../../../src/core/types.ts'
import type { GenerationDraft } from '../../../src/vector-index/generation-draft.ts'

/** Rows as those of the tests' drafts: an embedding, and eight numbers that no search may look at. */
export const ROW: RowShape = { dimensions: 32, searchDimensions: 24 }

/** Rows that are nothing but an embedding. */
export const bare = (dimensions: number): RowShape => ({
  dimensions,
  searchDimensions: dimensions,
})

export const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

export const randomUnit = (dimensions: number, random: Random): Float32Array => {
  const vector = Float32Array.from({ length: dimensions }, () => gaussian(random))
  normaliseRow(vector, 0, dimensions)
  return vector
}

export interface ClusterOptions {
  count: number
  dimensions: number
  /** Default: the whole row. */
  searchDimensions?: number
  clusters?: number
  seed?: number
}

/** Rows around a few centres (noise 0.8 of the centre's length), as the embeddings of a few routes are; the rest is noise. */
export const clusteredRows = (options: ClusterOptions): Float32Array => {
  const { count, dimensions, searchDimensions = dimensions, clusters = 12, seed = 1 } = options
  const random = createRandom(seed)
  const sideRandom = createRandom(seed + 1)
  const centres = Array.from({ length: clusters }, () => randomUnit(searchDimensions, random))
  const rows = new Float32Array(count * dimensions)
  const noise = 0.8 / Math.sqrt(searchDimensions)
  for (let row = 0; row < count; row++) {
    const centre = centres[row % clusters] as Float32Array
    for (let i = 0; i < dimensions; i++) {
      rows[row * dimensions + i] =
        i < searchDimensions
          ? (centre[i] as number) + noise * gaussian(random)
          : gaussian(sideRandom)
    }
    normaliseRow(rows, row * dimensions, searchDimensions)
  }
  return rows
}

export const rowOf = (rows: Float32Array, dimensions: number, row: number): Float32Array =>
  rows.slice(row * dimensions, (row + 1) * dimensions)

const exemplarOf = (row: number): Exemplar => ({
  id: `e${row}`,
  text: `example ${row}: naïve “quotes” 🚀\n`,
  route: row % 3 === 0 ? 'code' : 'writing',
  source: row % 5 === 0 ? 'feedback' : 'seed',
})

/** A draft over clustered rows; the graph serves it unless told otherwise. */
export const makeDraft = (changes: Partial<GenerationDraft> & Partial<ClusterOptions> = {}) => {
  const { count = 120, dimensions = ROW.dimensions, clusters, seed = 42, ...rest } = changes
  const usual = changes.dimensions === undefined ? ROW.searchDimensions : dimensions
  const { searchDimensions = usual } = changes
  const shape = { count, dimensions, searchDimensions, seed, ...(clusters && { clusters }) }
  const draft: GenerationDraft = {
    exemplars: Array.from({ length: count }, (_, row) => exemplarOf(row)),
    vectors: clusteredRows(shape),
    dimensions,
    searchDimensions,
    encoderId: 'test-encoder',
    parentGeneration: null,
    seed,
    hnsw: { m: 8, efConstruction: 64, efSearch: 64 },
    feedbackExemplars: 24,
    classifier: {
      version: CLASSIFIER_VERSION,
      routes: ['code', 'writing'],
      dimensions,
      parameters: { temperature: 0.5 },
      thresholds: { code: 0.4, writing: 0.6 },
      arrays: { weights: Float32Array.of(1, -2, 0.5), bias: Float32Array.of(0.25) },
    },
    heldOut: { accuracy: 0.875 },
    createdAtMs: 1_700_000_000_000,
    minRecall: 0.9,
    hnswMinimum: 0,
    ...rest,
  }
  return draft
}

export const FIT = { encoderId: 'test-encoder', dimensions: ROW.dimensions }

/** A folder that is gone after the test. */
export const temporaryFolder = async (): Promise<string> => {
  const folder = await mkdtemp(join(tmpdir(), 'signalbox-index-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  return folder
}

export interface LogLine {
  level: 'debug' | 'info' | 'warn' | 'error'
  fields: Record<string, unknown>
  message: string
}

/** A logger that keeps its lines. */
export const createLog = () => {
  const lines: LogLine[] = []
  const at = (level: LogLine['level']) => (fields: object, message: string) =>
    void lines.push({ level, fields: { ...fields }, message })
  return {
    lines,
    logger: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
  }
}
