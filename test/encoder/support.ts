// What the encoder tests share: a configuration, a logger that remembers, and cosine similarity.
import { configSchema, type EncoderConfig } from '../../src/config.ts'
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

export const cosine = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0)

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
