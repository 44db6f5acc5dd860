// What the encoder tests share: a configuration, a logger that remembers, and cosine similarity of embeddings.
import { configSchema, type EncoderConfig } from '../../src/config/config-schema.ts'
import type { Logger } from '../../src/core/logger.ts'

export const encoderConfig = (changes: Partial<EncoderConfig> = {}): EncoderConfig => ({
  ...configSchema.shape.encoder.parse({}),
  ...changes,
})

export interface RecordingLogger extends Logger {
  lines: string[]
}

export const createRecordingLogger = (): RecordingLogger => {
  const lines: string[] = []
  const write = (fields: object, message: string) => {
    lines.push(JSON.stringify({ ...fields, message }))
  }
  return { lines, debug: write, info: write, warn: write, error: write }
}

/** Numbers at the beginning of a row that are the unit-length embedding. */
export const EMBEDDING = 384

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0)

/** Of two rows by their embeddings. */
export const cosine = (a: Float32Array, b: Float32Array): number => dot(a.subarray(0, EMBEDDING), b)

/** Cosine of what two rows hold besides. */
export const sideCosine = (a: Float32Array, b: Float32Array): number => {
  const x = a.subarray(EMBEDDING)
  const y = b.subarray(EMBEDDING)
  return dot(x, y) / Math.sqrt(dot(x, x) * dot(y, y))
}

/** Sentences and similarities published in the quick start of sentence-transformers for this model. */
export const PUBLISHED = {
  sentences: [
    'The weather is lovely today.',
    "It's so sunny outside!",
    'He drove to the stadium.',
  ] as const,
  similarities: [
    [0, 1, 0.666],
    [0, 2, 0.1046],
    [1, 2, 0.1411],
  ] as const,
}
