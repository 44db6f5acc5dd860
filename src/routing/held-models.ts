// Which model a conversation is with, and what its provider's prompt cache is expected to hold, in memory. Bounded by number and
// by age; holds digests, no prompts.
import { LRUCache } from 'lru-cache'
import type { Usage } from '../core/types.ts'

export interface Held {
  route: string
  model: string
  /** Tokens of the prompt that the provider's cache is expected to hold still; 0 where it says nothing of a cache. */
  cachedTokens: number
}

export interface HeldModels {
  /** @param key names the conversation */
  recall(key: string): Held | null
  /** Takes note of who serves a turn. */
  hold(key: string, served: Pick<Held, 'route' | 'model'>): void
  /** Takes note of what its answer said of the provider's cache. */
  learn(key: string, model: string, usage: Usage): void
}

export interface HeldModelsOptions {
  /** 0: nothing is held. */
  maxConversations: number
  /** How long a conversation may rest. */
  heldMs: number
  now: () => number
}

/** Providers keep a prompt for 5 to 10 minutes after it was last read, unless they are asked for longer. */
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
