// Generations on disk without an encoder: rows around one random direction a route, fitted and written as a rebuild does it.
import { fitClassifier } from '../../src/core/classifier/fit.ts'
import { normaliseRow } from '../../src/core/linear/vectors.ts'
import { createRandom, type Random } from '../../src/core/statistics/random.ts'
import type { Exemplar } from '../../src/core/types.ts'
import { writeGeneration } from '../../src/vector-index/generation-writer.ts'

/** An embedding and a few side features. */
export const SHAPE = { dimensions: 40, searchDimensions: 32 }
export const ENCODER_ID = 'made/32+8'
export const ROUTES = ['code', 'math', 'writing', 'cooking']

export interface MadeRow extends Exemplar {
  vector: Float32Array
}

const WORDS = ['please', 'now', 'how', 'why', 'the', 'again', 'fast']

const centresOf = (seed: number): Record<string, Float32Array> => {
  const random = createRandom(seed)
  return Object.fromEntries(
    ROUTES.map((route) => {
      const centre = Float32Array.from({ length: SHAPE.dimensions }, () => random() - 0.5)
      normaliseRow(centre, 0, SHAPE.searchDimensions)
      return [route, centre]
    }),
  )
}

const CENTRES = centresOf(99)

/** A row near `centre`; more noise is further away. */
export const rowNear = (centre: Float32Array, random: Random, noise: number): Float32Array => {
  const scale = noise / Math.sqrt(SHAPE.searchDimensions / 12)
  const row = centre.map((value) => value + (random() - 0.5) * scale)
  normaliseRow(row, 0, SHAPE.searchDimensions)
  return row
}

export interface MadeOptions {
  perRoute: number
  seed: number
  /** Of the rows around their route's direction; default 0.9. */
  noise?: number
  prefix?: string
}

/** Rows of every route, in turn. Texts name no route, so that words say little. */
export const madeRows = ({
  perRoute,
  seed,
  noise = 0.9,
  prefix = 'ex',
}: MadeOptions): MadeRow[] => {
  const random = createRandom(seed)
  return Array.from({ length: perRoute * ROUTES.length }, (_, n): MadeRow => {
    const route = ROUTES[n % ROUTES.length] as string
    return {
      id: `${prefix}_${seed}_${n}`,
      text: `${WORDS[n % WORDS.length]} prompt ${prefix} ${seed} ${n}`,
      route,
      source: 'seed',
      vector: rowNear(CENTRES[route] as Float32Array, random, noise),
    }
  })
}

export const vectorsOf = (rows: readonly { vector: Float32Array }[]): Float32Array => {
  const vectors = new Float32Array(rows.length * SHAPE.dimensions)
  rows.forEach(({ vector }, i) => {
    vectors.set(vector, i * SHAPE.dimensions)
  })
  return vectors
}

/** Fits and writes; @returns the generation's number. */
export const writeMadeGeneration = async (
  dir: string,
  rows: readonly MadeRow[],
  options: { encoderId?: string; copies?: boolean } = {},
): Promise<number> => {
  const vectors = vectorsOf(rows)
  const set = {
    vectors,
    ...SHAPE,
    routes: rows.map(({ route }) => route),
    texts: rows.map(({ text }) => text),
  }
  const { model, report } = fitClassifier(set, { seed: 7 })
  const { generation } = await writeGeneration(dir, {
    exemplars: rows.map(({ id, text, route, source }) => ({ id, text, route, source })),
    vectors,
    ...SHAPE,
    encoderId: options.encoderId ?? ENCODER_ID,
    parentGeneration: null,
    seed: 7,
    hnsw: { m: 8, efConstruction: 40, efSearch: 40 },
    feedbackExemplars: 0,
    classifier: model,
    fit: report,
    heldOut: null,
    createdAtMs: 1_700_000_000_000,
    minRecall: 0,
  })
  return generation
}

/** As a rebuild embeds held-out.jsonl. */
export const heldOutOf = (rows: readonly MadeRow[]) => ({
  labels: rows.map(({ route }) => route),
  texts: rows.map(({ text }) => text),
  hasSignal: rows.map(() => true),
  vectors: vectorsOf(rows),
})
