// A training folder of any size whose texts need no embedding: their rows, made up around one centre a route, are put
// into the vector cache beforehand. What a decision on them says means nothing; what a build and a swap cost does.
import type { Config } from '../../src/config/config-schema.ts'
import { normaliseRow } from '../../src/core/linear/vectors.ts'
import { createRandom, type Random } from '../../src/core/statistics/random.ts'
import { verifyModelFiles } from '../../src/encoder/model-files.ts'
import { SIDE_FEATURES } from '../../src/encoder/side-features.ts'
import { createShape } from '../../src/training/exemplars/shape.ts'
import { openConfiguredCache } from '../../src/training/rebuild/prepare-training-set.ts'
import { writeExemplars } from './training-files.ts'

export const SEARCH_DIMENSIONS = 384
export const DIMENSIONS = SEARCH_DIMENSIONS + SIDE_FEATURES
const WORDS_PER_TEXT = 12
const VOCABULARY = 2_000
/** Length of the noise beside a centre of length 1. */
const NOISE = 1.2

export interface SyntheticTrainingOptions {
  config: Config
  /** Exemplars in all, dealt to `routes` in turn. */
  count: number
  routes: string[]
  trainingDir: string
  cacheDir: string
}

const symmetric = (random: Random): number => random() * 2 - 1

const makeText = (n: number, random: Random): string => {
  const words = Array.from({ length: WORDS_PER_TEXT }, () => Math.floor(random() * VOCABULARY))
  return `text ${n} ${words.map((word) => `w${word}`).join(' ')}`
}

/** An embedding of length 1 and side features of about that length, as the encoder's are. */
export const syntheticRow = (random: Random, centre?: Float32Array): Float32Array => {
  // Uniform numbers from -1 to 1 have the variance 1/3.
  const scale = NOISE * Math.sqrt(3 / SEARCH_DIMENSIONS)
  const vector = Float32Array.from(
    { length: DIMENSIONS },
    (_, i) => (centre?.[i] ?? 0) + symmetric(random) * scale,
  )
  normaliseRow(vector, 0, SEARCH_DIMENSIONS)
  normaliseRow(vector, SEARCH_DIMENSIONS, SIDE_FEATURES)
  return vector
}

/** Writes `<route>.jsonl` files and the cache. Deterministic. */
export const writeSyntheticTraining = async (options: SyntheticTrainingOptions): Promise<void> => {
  const { config, count, routes, trainingDir, cacheDir } = options
  const random = createRandom(count)
  const { encoderId } = await verifyModelFiles(config.encoder)
  const encoder = {
    id: encoderId,
    dimensions: DIMENSIONS,
    searchDimensions: SEARCH_DIMENSIONS,
    embed: () => Promise.reject(new Error('Nothing is embedded here.')),
    close: async () => {},
  }
  const cache = await openConfiguredCache(cacheDir, encoder, config.encoder)
  const shape = createShape(config.encoder.max_chars)
  const centres = routes.map(() => syntheticRow(random))
  const texts: Record<string, string[]> = Object.fromEntries(routes.map((route) => [route, []]))
  for (let n = 0; n < count; n++) {
    const at = n % routes.length
    const text = makeText(n, random)
    texts[routes[at] ?? '']?.push(text)
    cache.put(shape(text).text, syntheticRow(random, centres[at]))
  }
  await cache.flush()
  await writeExemplars(trainingDir, texts)
}
