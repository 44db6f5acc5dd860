// Complete answers in memory, by key, bounded by number and by bytes; the least recently used are removed first. Nothing is
// written to disk. Answers that may also serve a similar question are listed in similarity-groups.ts.

import { LRUCache } from 'lru-cache'
import type { Usage } from '../../core/types.ts'
import type { DialectName } from '../../dialects/chat/upstream-request.ts'
import { createSimilarityGroups, type SimilarityKey } from './similarity-groups.ts'

/** A finished answer, in which the cost is already 0, because replaying it is free. */
export interface KeptAnswer {
  dialect: DialectName
  /** `json`: the body. `stream`: its events without the usage chunk of OpenAI's dialect and without `[DONE]`. */
  form: 'json' | 'stream'
  bytes: Uint8Array
  /** Usage of the call that the answer came from. */
  usage: Usage | null
  /** `usage` in the provider's form, where the answer has one; null too where `bytes` holds it. */
  wireUsage: Record<string, unknown> | null
}

export interface PutAnswer {
  key: string
  answer: KeptAnswer
  similarityKey: SimilarityKey | null
  ttlMs: number
}

export interface NearQuery {
  similarityKey: SimilarityKey
  /** Minimum cosine. */
  similarity: number
  maxAgeMs: number
}

export interface AnswerCache {
  get(key: string, maxAgeMs: number): KeptAnswer | null
  /** The most similar of the group, where one is similar enough. */
  getNear(query: NearQuery): KeptAnswer | null
  /** Does nothing where the answer alone is larger than `maxEntryBytes`. */
  put(entry: PutAnswer): void
  clear(): void
  stats(): { entries: number; bytes: number }
}

export interface AnswerCacheOptions {
  maxEntries: number
  maxBytes: number
  maxEntryBytes: number
  /** Milliseconds. */
  now: () => number
}

interface Entry {
  answer: KeptAnswer
  similarityKey: SimilarityKey | null
  atMs: number
  ttlMs: number
}

/** Rough memory of an entry beside its bytes: keys, objects, the slots in both maps. */
const OVERHEAD_BYTES = 1_024
const sizeOf = ({ answer, similarityKey }: Entry): number =>
  OVERHEAD_BYTES +
  answer.bytes.length +
  (answer.wireUsage ? JSON.stringify(answer.wireUsage).length : 0) +
  (similarityKey?.embedding.byteLength ?? 0)

export const createAnswerCache = (options: AnswerCacheOptions): AnswerCache => {
  const { now } = options
  const groups = createSimilarityGroups()
  const entries = new LRUCache<string, Entry>({
    max: options.maxEntries,
    maxSize: options.maxBytes,
    maxEntrySize: Math.min(options.maxEntryBytes + OVERHEAD_BYTES, options.maxBytes),
    sizeCalculation: sizeOf,
    dispose: ({ similarityKey }, key) => similarityKey && groups.remove(similarityKey, key),
  })

  const get = (key: string, maxAgeMs: number): KeptAnswer | null => {
    const entry = entries.peek(key)
    if (!entry) return null
    const ageMs = now() - entry.atMs
    if (ageMs >= entry.ttlMs) {
      entries.delete(key)
      return null
    }
    return ageMs < maxAgeMs ? (entries.get(key)?.answer ?? null) : null
  }

  return {
    get,
    getNear: ({ similarityKey, similarity, maxAgeMs }) => {
      for (const key of groups.near(similarityKey, similarity)) {
        const answer = get(key, maxAgeMs)
        if (answer) return answer
      }
      return null
    },
    put: ({ key, answer, similarityKey, ttlMs }) => {
      entries.set(key, { answer, similarityKey, ttlMs, atMs: now() })
      if (similarityKey && entries.has(key)) groups.add(similarityKey, key)
    },
    clear: () => entries.clear(),
    stats: () => ({ entries: entries.size, bytes: entries.calculatedSize }),
  }
}
