// In memory: the model that serves each conversation, and the expected content of its provider's prompt cache. Bounded by number and
// age; holds digests, no prompts.
import { LRUCache } from 'lru-cache'
import type { Usage } from '../core/types.ts'

export interface Held {
  route: string
  model: string
  /** Tokens of the prompt that are expected in the provider's cache; 0 where the provider reports no cache. */
  cachedTokens: number
}

export interface HeldModels {
  /** @param key of the conversation */
  recall(key: string): Held | null
  /** Stores which model serves a turn. */
  hold(key: string, served: Pick<Held, 'route' | 'model'>): void
  /** Stores the cached tokens that its answer reported. */
  learn(key: string, model: string, usage: Usage): void
}

export interface HeldModelsOptions {
  /** 0: off. */
  maxConversations: number
  /** Time after which an idle conversation is dropped. */
  heldMs: number
  now: () => number
}

/** Providers keep a prompt for 5 to 10 minutes after its last use, unless the request asks for longer. */
const CACHE_MS = 300_000

interface Entry extends Held {
  atMs: number
}

export const createHeldModels = (options: HeldModelsOptions): HeldModels => {
  const { maxConversations: max, heldMs, now } = options
  const entries = max > 0 ? new LRUCache<string, Entry>({ max }) : null
  return {
    recall: (key) => {
      const entry = entries?.get(key)
      if (!entry || now() - entry.atMs > heldMs) return null
      const { route, model, cachedTokens, atMs } = entry
      return { route, model, cachedTokens: now() - atMs <= CACHE_MS ? cachedTokens : 0 }
    },
    hold: (key, { route, model }) => {
      const known = entries?.get(key)
      const cachedTokens = known?.model === model ? known.cachedTokens : 0
      entries?.set(key, { route, model, cachedTokens, atMs: now() })
    },
    learn: (key, model, usage) => {
      const entry = entries?.get(key)
      if (entry?.model !== model) return
      const { cachedPromptTokens = 0, cacheWriteTokens = 0, promptTokens } = usage
      const isCached = cachedPromptTokens + cacheWriteTokens > 0
      entries?.set(key, { ...entry, cachedTokens: isCached ? promptTokens : 0, atMs: now() })
    },
  }
}
