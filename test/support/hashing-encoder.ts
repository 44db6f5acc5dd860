// A deterministic stand-in for the encoder: texts that share character trigrams lie near each other.
import { createHash } from 'node:crypto'
import type { Encoder } from '../../src/encoder/encoder.ts'

export interface HashingEncoder extends Encoder {
  /** Texts embedded so far. */
  readonly embedded: string[]
}

const vectorOf = (text: string, dimensions: number): Float32Array => {
  const vector = new Float32Array(dimensions)
  const padded = `  ${text.toLowerCase()}  `
  for (let i = 0; i + 3 <= padded.length; i++) {
    const digest = createHash('md5')
      .update(padded.slice(i, i + 3))
      .digest()
    const at = digest.readUInt32LE(0) % dimensions
    vector[at] = (vector[at] as number) + ((digest[4] as number) & 1 ? 1 : -1)
  }
  const norm = Math.hypot(...vector)
  if (norm === 0) vector[0] = 1
  return norm === 0 ? vector : vector.map((x) => x / norm)
}

export const createHashingEncoder = (
  options: { id?: string; dimensions?: number } = {},
): HashingEncoder => {
  const { id = 'hashing/trigram/64', dimensions = 64 } = options
  const embedded: string[] = []
  return {
    id,
    dimensions,
    embedded,
    embed: async (text) => {
      embedded.push(text)
      return vectorOf(text, dimensions)
    },
    close: async () => {},
  }
}
