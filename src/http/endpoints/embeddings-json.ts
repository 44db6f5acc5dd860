// The dialect of /v1/embeddings: the request's schema, and vectors in the requested format.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { z } from 'zod'
import { isObject, type JsonObject, refuse } from '../../dialects/json.ts'

/** OpenAI's limit. */
export const MAX_INPUTS = 2_048
/** Vectors encoded per turn of the event loop: 32 of 384 numbers take some 5 ms. */
const VECTORS_PER_TURN = 32

export const embeddingsRequestSchema = z
  .object({
    model: z
      .string({ error: "expected a string: the local encoder's name or a configured model id" })
      .min(1)
      .max(256)
      .describe("The local encoder's name, `local` or `auto`; or a configured model id."),
    input: z
      .unknown()
      .meta({
        anyOf: [
          { type: 'string' },
          { type: 'array', items: { type: 'string' }, maxItems: MAX_INPUTS },
        ],
      })
      .describe('A text or texts.'),
    encoding_format: z.enum(['float', 'base64']).nullish(),
    dimensions: z.int().positive().nullish().describe('Of the local encoder: its own, no other.'),
    user: z.string().nullish(),
  })
  .describe('An OpenAI embeddings body; to a provider, further fields pass untouched.')

export const embeddingsResponseSchema = z.looseObject({
  object: z.literal('list'),
  data: z.array(
    z.looseObject({
      object: z.literal('embedding'),
      index: z.int(),
      embedding: z.union([z.array(z.number()), z.string()]),
    }),
  ),
  model: z.string(),
  usage: z.looseObject({ prompt_tokens: z.int(), total_tokens: z.int() }),
})

/**
 * The texts of `input`.
 * @throws RouterError `invalid_request` for none, too many, an empty one, or tokens
 */
export const textsOf = (input: unknown): string[] => {
  const texts: unknown[] = Array.isArray(input) ? input : [input]
  if (texts.length === 0) return refuse('input', 'expected at least one text')
  if (texts.length > MAX_INPUTS) return refuse('input', `expected at most ${MAX_INPUTS} texts`)
  return texts.map((text, i) => {
    const param = Array.isArray(input) ? `input[${i}]` : 'input'
    if (typeof text === 'number' || Array.isArray(text)) {
      return refuse(param, 'the local encoder does not accept tokens; send the text')
    }
    if (typeof text !== 'string') return refuse(param, 'expected a string')
    return text.trim() === '' ? refuse(param, 'is empty; give the text to embed') : text
  })
}

const toBase64 = (vector: Float32Array): string =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64')

const fromBase64 = (text: string): Float32Array => {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64')) // a separate buffer, so that it is aligned
  return new Float32Array(bytes.buffer, 0, Math.floor(bytes.byteLength / 4))
}

export type EncodingFormat = 'float' | 'base64'

/** Little-endian float32 in base64, or numbers. */
const encode = (vector: Float32Array, format: EncodingFormat): string | number[] =>
  format === 'base64' ? toBase64(vector) : [...vector]

/** The JSON body for local vectors, encoded over several turns of the event loop, because 2,048 vectors take 300 ms. */
export const embeddingsJson = async (
  vectors: Float32Array[],
  { format, model, tokens }: { format: EncodingFormat; model: string; tokens: number },
): Promise<string> => {
  const parts: string[] = []
  for (const [index, vector] of vectors.entries()) {
    const embedding = encode(vector, format)
    parts.push(JSON.stringify({ object: 'embedding', index, embedding }))
    if ((index + 1) % VECTORS_PER_TURN === 0) await nextTurn()
  }
  const usage = { prompt_tokens: tokens, total_tokens: tokens }
  const rest = JSON.stringify({ model, usage }).slice(1)
  return `{"object":"list","data":[${parts.join(',')}],${rest}`
}

/** A provider's embeddings in the requested format: some servers support one format and ignore the parameter. */
export const inFormat = (reply: JsonObject, format: EncodingFormat): JsonObject => {
  const convert = (entry: unknown): unknown => {
    if (!isObject(entry)) return entry
    const { embedding } = entry
    if (format === 'base64' && Array.isArray(embedding)) {
      return { ...entry, embedding: toBase64(Float32Array.from(embedding as number[])) }
    }
    if (format === 'float' && typeof embedding === 'string') {
      return { ...entry, embedding: [...fromBase64(embedding)] }
    }
    return entry
  }
  return { ...reply, data: (reply.data as unknown[]).map(convert) }
}
