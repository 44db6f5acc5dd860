// A deterministic stand-in for the encoder: texts that share character trigrams lie near each other.
import { createHash } from 'node:crypto'
import type { Encoder } from '../../src/encoder/encoder.ts'

export interface HashingEncoder extends Encoder {
  /** Texts embedded so far. */
  readonly embedded: string[]
}

const SEARCH_DIMENSIONS = 64
const SIDE_FEATURES = 16

const embeddingOf = (text: string): Float32Array => {
  const vector = new Float32Array(SEARCH_DIMENSIONS)
  const padded = `  ${text.toLowerCase()}  `
  for (let i = 0; i + 3 <= padded.length; i++) {
    const digest = createHash('md5')
      .update(padded.slice(i, i + 3))
      .digest()
    const at = digest.readUInt32LE(0) % SEARCH_DIMENSIONS
    vector[at] = (vector[at] as number) + ((digest[4] as number) & 1 ? 1 : -1)
  }
  const norm = Math.hypot(...vector)
  if (norm === 0) vector[0] = 1
  return norm === 0 ? vector : vector.map((x) => x / norm)
}

/** The embedding, and beside it a few numbers of another length that follow from the words. */
const rowOf = (text: string): Float32Array => {
  const row = new Float32Array(SEARCH_DIMENSIONS + SIDE_FEATURES)
  row.set(embeddingOf(text))
  for (const word of text.toLowerCase().split(/\s+/)) {
    const at =
      SEARCH_DIMENSIONS + ((createHash('md5').update(word).digest()[0] as number) % SIDE_FEATURES)
    row[at] = (row[at] as number) + 0.5
  }
  return row
}

export const createHashingEncoder = (options: { id?: string } = {}): HashingEncoder => {
  const { id = 'hashing/trigram/64+16' } = options
  const embedded: string[] = []
  return {
    id,
    dimensions: SEARCH_DIMENSIONS + SIDE_FEATURES,
    searchDimensions: SEARCH_DIMENSIONS,
    embedded,
    embed: async (text) => {
      embedded.push(text)
      return rowOf(text)
    },
    close: async () => {},
  }
}
