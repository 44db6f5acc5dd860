// Texts → one flat matrix of encoder rows, with several texts in flight so that every encoder process is busy. Texts that the same
// encoder embedded before are looked up: a rebuild after one correction embeds one text.
import type { Encoder } from '../../encoder/encoder.ts'
import { RouterError } from '../../errors.ts'
import { isUnitVector } from './unit-vector.ts'

/** Longer than that of prompts: builds may wait for an encoder that is starting or busy. */
const EMBED_DEADLINE_MS = 60_000
const ATTEMPTS = 3

export interface EmbedTextsOptions {
  encoder: Encoder
  /** Texts in flight at a time. */
  concurrency: number
  /** Cached vector of this text by the same encoder. */
  lookup?: (text: string) => Float32Array | undefined
  /** Called with each newly embedded vector. */
  remember?: (text: string, vector: Float32Array) => void
  onProgress?: (done: number, total: number) => void
  signal?: AbortSignal
}

export interface EmbeddedTexts {
  /** `texts.length` rows of `encoder.dimensions` numbers. */
  vectors: Float32Array
  reused: number
  embedded: number
}

const embedOne = async (text: string, options: EmbedTextsOptions): Promise<Float32Array> => {
  const { encoder, signal } = options
  const embedOptions = { deadlineMs: EMBED_DEADLINE_MS, ...(signal ? { signal } : {}) }
  for (let attempt = 1; ; attempt++) {
    try {
      return await encoder.embed(text, embedOptions)
    } catch (error) {
      signal?.throwIfAborted()
      const isFinal = !(error instanceof RouterError && error.isRetryable)
      if (isFinal || attempt === ATTEMPTS) throw error
    }
  }
}

/** The matrix, and the rows of each distinct text, which is embedded once. */
const createMatrix = (texts: readonly string[], options: EmbedTextsOptions) => {
  const { encoder, onProgress } = options
  const vectors = new Float32Array(texts.length * encoder.dimensions)
  const rowsByText = new Map<string, number[]>()
  texts.forEach((text, row) => {
    const rows = rowsByText.get(text)
    if (rows) rows.push(row)
    else rowsByText.set(text, [row])
  })
  let done = 0
  const place = (text: string, vector: Float32Array): void => {
    if (!isUnitVector(vector, encoder)) {
      throw new RouterError(
        'invalid_vector',
        `The encoder ${encoder.id} gave a vector that is not ${encoder.dimensions} finite numbers, the first ${encoder.searchDimensions} of length 1.`,
      )
    }
    const rows = rowsByText.get(text) ?? []
    for (const row of rows) vectors.set(vector, row * encoder.dimensions)
    done += rows.length
    onProgress?.(done, texts.length)
  }
  return { vectors, distinct: [...rowsByText.keys()], place }
}

/**
 * Embeds all texts, each distinct one once.
 * @returns the matrix, and the numbers of distinct texts that were looked up and that were embedded
 * @throws RouterError of the encoder where a text fails three times, `invalid_vector` for an unusable vector, or the signal's reason
 */
export const embedTexts = async (
  texts: readonly string[],
  options: EmbedTextsOptions,
): Promise<EmbeddedTexts> => {
  const { lookup, remember } = options
  const matrix = createMatrix(texts, options)
  const missing: string[] = []
  for (const text of matrix.distinct) {
    const known = lookup?.(text)
    if (known && isUnitVector(known, options.encoder)) matrix.place(text, known)
    else missing.push(text)
  }
  const stop = new AbortController()
  const signal = options.signal ? AbortSignal.any([options.signal, stop.signal]) : stop.signal
  const queue = missing.values()
  const work = async () => {
    for (const text of queue) {
      signal.throwIfAborted()
      const vector = await embedOne(text, { ...options, signal })
      matrix.place(text, vector)
      remember?.(text, vector)
    }
  }
  const workers = Array.from({ length: Math.max(1, options.concurrency) }, work)
  try {
    await Promise.all(workers)
  } catch (error) {
    stop.abort(error)
    await Promise.allSettled(workers)
    throw error
  }
  return {
    vectors: matrix.vectors,
    reused: matrix.distinct.length - missing.length,
    embedded: missing.length,
  }
}
