// Texts → vectors for /v1/embeddings: by the routing encoder under its own name, or by a configured model at its provider.
// Decisions have priority: each encoder process gets one text at a time, so that a long list never delays them.

import { basename } from 'node:path'
import type { Config } from '../config/config-schema.ts'
import { endOfTokens, estimateTokens } from '../core/prompt/token-estimate.ts'
import type { Usage } from '../core/types.ts'
import type { UpstreamTarget } from '../dialects/chat/upstream-request.ts'
import { isObject } from '../dialects/json.ts'
import { toUnitLength } from '../encoder/pool.ts'
import { processCount } from '../encoder/process-count.ts'
import { capChars } from '../encoder/sanitise.ts'
import { RouterError } from '../errors.ts'
import { createTurnstile } from '../jobs/turnstile.ts'
import { tracedCall } from '../upstream/resilience/traced-call.ts'
import type { EmbedRequest, Upstream } from '../upstream/upstream.ts'

export interface LocalEmbeddings {
  /** Unit vectors of `dimensions` numbers, in the order of the texts. */
  vectors: Float32Array[]
  /** Estimated: the tokenizer runs in another process. */
  tokens: number
}

export interface Embeddings {
  /** Name of the local encoder in requests, answers and the list of models. */
  readonly localModel: string
  /** Whether the name means the local encoder: its own name, `local` or `auto`, unless a configured model has that name. */
  isLocal(model: string): boolean
  /** Length of the local vectors. @throws RouterError `encoder_unavailable` before the encoder is warm. */
  localDimensions(): number
  /** @throws RouterError `invalid_request` over the limits, `encoder_*` */
  embedLocally(texts: string[], signal: AbortSignal): Promise<LocalEmbeddings>
  /** The provider's answer. @throws RouterError `model_not_found`, `invalid_request`, `upstream_*` */
  embedUpstream(
    model: string,
    request: Omit<EmbedRequest, 'target'>,
  ): Promise<Record<string, unknown>>
}

/** Gives the sentence embedding without the classifier's side features. */
export interface SentenceEncoder {
  /** @throws RouterError `encoder_unavailable` */
  dimensions(): number
  embed(text: string, options: { signal: AbortSignal; deadlineMs: number }): Promise<Float32Array>
}

export interface EmbeddingsOptions {
  config: Pick<Config, 'encoder' | 'models'>
  encoder: SentenceEncoder
  /** By provider name. */
  upstreams: Record<string, Pick<Upstream, 'kind' | 'embed'>>
  /** By configured model id. */
  targets: Record<string, UpstreamTarget>
}

/** Limit per request: some 400 full windows, ten seconds of one core. */
export const MAX_LOCAL_TOKENS = 100_000
const DEADLINE_MS = 30_000
/** [CLS] and [SEP]. */
const SPECIAL_TOKENS = 2

/** Splits a text into pieces of the encoder's input size, at a space where there is one near. */
const piecesOf = (text: string, { max_tokens, max_chars }: Config['encoder']): string[] => {
  const pieces: string[] = []
  let rest = text.trim()
  while (rest !== '') {
    const readable = capChars(rest, max_chars)
    // 0 where a single word is longer than the input size: it is cut, or the loop would not end.
    const end = endOfTokens(readable, max_tokens - SPECIAL_TOKENS)
    const fitting = end > 0 ? readable.slice(0, end) : capChars(readable, 2 * max_tokens)
    const space = fitting.length < rest.length ? fitting.search(/\s\S*$/u) : -1
    const piece = space > fitting.length * 0.8 ? fitting.slice(0, space) : fitting
    pieces.push(piece)
    rest = rest.slice(piece.length).trim()
  }
  return pieces
}

/** The weighted mean of unit vectors, normalised. */
const weightedMean = (vectors: Float32Array[], weights: number[]): Float32Array => {
  const [first = new Float32Array(0)] = vectors
  if (vectors.length === 1) return first
  const sum = new Float32Array(first.length)
  for (const [i, vector] of vectors.entries()) {
    for (const [at, value] of vector.entries()) {
      sum[at] = (sum[at] as number) + value * (weights[i] as number)
    }
  }
  return toUnitLength(sum)
}

const checkTokens = (texts: string[]): number => {
  let tokens = 0
  for (const text of texts) {
    tokens += estimateTokens(text, MAX_LOCAL_TOKENS) + SPECIAL_TOKENS
    if (tokens <= MAX_LOCAL_TOKENS) continue
    throw new RouterError(
      'invalid_request',
      `input: expected about ${MAX_LOCAL_TOKENS} tokens at most; send several requests`,
      { param: 'input' },
    )
  }
  return tokens
}

type EmbedText = (text: string, signal: AbortSignal) => Promise<Float32Array>

/** Text of any length → one vector, as the mean of its pieces. */
const createEmbedText = ({ config, encoder }: EmbeddingsOptions): EmbedText => {
  const { processes, queue_limit: queueLimit } = config.encoder
  const turnstile = createTurnstile({ slots: processCount(processes), queueLimit })
  return async (text, signal) => {
    const pieces = piecesOf(text, config.encoder)
    const vectors: Float32Array[] = []
    for (const piece of pieces) {
      const embed = () => encoder.embed(piece, { signal, deadlineMs: DEADLINE_MS })
      vectors.push(await turnstile(signal, embed))
    }
    return weightedMean(
      vectors,
      pieces.map((piece) => estimateTokens(piece)),
    )
  }
}

/** @throws RouterError `model_not_found`, `invalid_request` where the provider has no embeddings */
const upstreamOf = ({ targets, upstreams }: EmbeddingsOptions, model: string, local: string) => {
  const target = Object.hasOwn(targets, model) ? targets[model] : undefined
  if (!target) {
    const problem = `There is no such embedding model. Use "${local}" or a configured model.`
    throw new RouterError('model_not_found', problem, { param: 'model' })
  }
  const { kind, embed } = upstreams[target.provider] ?? {}
  if (embed) return { target, embed }
  const problem = `model: the provider of this model (kind ${kind}) gives no embeddings; use "${local}" or a model of a provider of kind openai`
  throw new RouterError('invalid_request', problem, { param: 'model' })
}

/** Embeddings have no output tokens. */
const usageOf = ({ usage }: Record<string, unknown>): Usage | null => {
  const promptTokens = isObject(usage) ? usage.prompt_tokens : null
  if (typeof promptTokens !== 'number') return null
  return { promptTokens, completionTokens: 0, isEstimated: false }
}

/** The local encoder and the providers' embeddings behind one interface. */
export const createEmbeddings = (options: EmbeddingsOptions): Embeddings => {
  const { config, encoder, targets } = options
  const localModel = basename(config.encoder.model)
  const embedText = createEmbedText(options)
  return {
    localModel,
    isLocal: (model) => !(model in targets) && [localModel, 'local', 'auto'].includes(model),
    localDimensions: () => encoder.dimensions(),
    embedLocally: async (texts, signal) => {
      const tokens = checkTokens(texts)
      const vectors: Float32Array[] = []
      for (const text of texts) vectors.push(await embedText(text, signal))
      return { vectors, tokens }
    },
    embedUpstream: async (model, request) => {
      const { target, embed } = upstreamOf(options, model, localModel)
      return tracedCall({
        trace: request.trace,
        target,
        operation: 'embeddings',
        usageOf,
        work: (traceHeaders) => embed({ ...request, target, traceHeaders }),
      })
    },
  }
}
