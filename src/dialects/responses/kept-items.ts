// Output items by id, for clients that refer to items they received instead of sending them back: the AI SDK does so for
// an assistant's text. In memory and bounded; ids hold 74 random bits, so only who received an item can find it.

import { LRUCache } from 'lru-cache'
import type { JsonObject } from '../json.ts'
import { writeJson } from '../lossless-json.ts'

const KEPT_ITEMS = 10_000
const KEPT_CHARS = 16 * 1024 * 1024
const KEPT_MS = 3_600_000

export interface KeptItems {
  keep(item: JsonObject): void
  recall(id: string): JsonObject | undefined
}

interface KeptLimits {
  items: number
  chars: number
  ms: number
}

/** As text: the size is exact, and no caller can change an item of another. */
const createItems = ({ items, chars, ms }: KeptLimits): LRUCache<string, string> =>
  new LRUCache({ max: items, maxSize: chars, sizeCalculation: (text) => text.length, ttl: ms })

export const createKeptItems = (
  limits: KeptLimits = { items: KEPT_ITEMS, chars: KEPT_CHARS, ms: KEPT_MS },
): KeptItems => {
  // Created with the first item, because the cache allocates room for all of them at once: 0.5 MB.
  let items: LRUCache<string, string> | null = null
  return {
    keep: (item) => {
      if (typeof item.id !== 'string') return
      items ??= createItems(limits)
      items.set(item.id, writeJson(item))
    },
    recall: (id) => {
      const text = items?.get(id)
      return text === undefined ? undefined : (JSON.parse(text) as JsonObject)
    },
  }
}
