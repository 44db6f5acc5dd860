// Wraps embeddings to report every call to the metrics; local ones have the model null.

import { toRouterError } from '../errors.ts'
import type { EmbeddingFacts } from '../telemetry/metrics.ts'
import type { Embeddings } from './embeddings.ts'

export interface CountedEmbeddingsOptions {
  embeddings: Embeddings
  onEmbedding: (facts: EmbeddingFacts) => void
  /** Monotonic milliseconds. */
  now: () => number
}

const tokensOf = ({ usage }: Record<string, unknown>): number => {
  const { prompt_tokens: tokens } = (usage ?? {}) as Record<string, unknown>
  return typeof tokens === 'number' && tokens > 0 ? tokens : 0
}

export const createCountedEmbeddings = (options: CountedEmbeddingsOptions): Embeddings => {
  const { embeddings, onEmbedding, now } = options
  const counted = async <T>(
    model: string | null,
    { work, tokens }: { work: () => Promise<T>; tokens: (made: T) => number },
  ): Promise<T> => {
    const startedMs = now()
    const durationMs = () => now() - startedMs
    try {
      const made = await work()
      onEmbedding({ model, outcome: 'served', durationMs: durationMs(), tokens: tokens(made) })
      return made
    } catch (error) {
      const isLeft = toRouterError(error).code === 'client_closed'
      const outcome = isLeft ? 'client_closed' : 'failed'
      onEmbedding({ model, outcome, durationMs: durationMs(), tokens: 0 })
      throw error
    }
  }
  return {
    ...embeddings,
    embedLocally: (texts, signal) =>
      counted(null, {
        work: () => embeddings.embedLocally(texts, signal),
        tokens: (made) => made.tokens,
      }),
    embedUpstream: (model, request) =>
      counted(model, {
        work: () => embeddings.embedUpstream(model, request),
        tokens: tokensOf,
      }),
  }
}
