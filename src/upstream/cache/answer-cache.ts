// Whole answers in memory, by key, bounded by number and by bytes; the least recently used go first. Nothing of it is ever
// on disk. Answers that may also serve a similar question are listed by the group of questions that may be compared.

import { LRUCache } from 'lru-cache'
import type { Usage } from '../../core/types.ts'
import type { DialectName } from '../../dialects/chat/upstream-request.ts'

/** A finished answer. What tells of its cost already says that a repetition is free. */
export interface KeptAnswer {
  dialect: DialectName
  /** `json`: the body. `stream`: its events without the usage chunk of OpenAI's dialect and without `[DONE]`. */
  form: 'json' | 'stream'
  bytes: Uint8Array
  /** Of the call that made it. */
  usage: Usage | null
  /** `usage` in the provider's form, where the answer has one; null too where `bytes` holds it. */
  wireUsage: Record<string, unknown> | null
}

/** Which questions may be compared by their vectors, and the vector (length 1) of this one. */
export interface Likeness {
  group: string
  embedding: Float32Array
}

export interface PutAnswer {
  key: string
  answer: KeptAnswer
  likeness: Likeness | null
  ttlMs: number
}

export interface NearQuery {
  likeness: Likeness
  /** Least cosine. */
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
  likeness: Likeness | null
  atMs: number
  ttlMs: number
}

/** What an entry takes beside its bytes, about: keys, objects, the places in both maps. */
const OVERHEAD_BYTES = 1_024
/** Of one group; a lookup compares with each (384 numbers: 1,000 take 0.4 ms). */
const MOST_COMPARED = 1_000

const sizeOf = ({ answer, likeness }: Entry): number =>
  OVERHEAD_BYTES +
  answer.bytes.length +
  (answer.wireUsage ? JSON.stringify(answer.wireUsage).length : 0) +
  (likeness?.embedding.byteLength ?? 0)

const dot = (a: Float32Array, b: Float32Array): number => {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number)
  return sum
}

export const createAnswerCache = (options: AnswerCacheOptions): AnswerCache => {
  const { now } = options
  /** Keys of each group, the oldest first. */
  const groups = new Map<string, Map<string, Float32Array>>()

  const unlist = ({ likeness }: Entry, key: string): void => {
    const members = likeness && groups.get(likeness.group)
    if (!members) return
    members.delete(key)
    if (members.size === 0) groups.delete(likeness.group)
  }
  const list = ({ group, embedding }: Likeness, key: string): void => {
    const members = groups.get(group) ?? new Map<string, Float32Array>()
    groups.set(group, members.set(key, embedding))
    const [oldest] = members.keys()
    if (members.size > MOST_COMPARED && oldest !== undefined) members.delete(oldest)
  }
  const entries = new LRUCache<string, Entry>({
    max: options.maxEntries,
    maxSize: options.maxBytes,
    maxEntrySize: Math.min(options.maxEntryBytes + OVERHEAD_BYTES, options.maxBytes),
    sizeCalculation: sizeOf,
    dispose: unlist,
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
    getNear: ({ likeness, similarity, maxAgeMs }) => {
      const { embedding, group } = likeness
      const near = [...(groups.get(group) ?? [])]
        .filter(([, other]) => other.length === embedding.length)
        .map(([key, other]) => ({ key, similarity: dot(embedding, other) }))
        .filter((candidate) => candidate.similarity >= similarity)
        .sort((a, b) => b.similarity - a.similarity)
      for (const { key } of near) {
        const answer = get(key, maxAgeMs)
        if (answer) return answer
      }
      return null
    },
    put: ({ key, answer, likeness, ttlMs }) => {
      entries.set(key, { answer, likeness, ttlMs, atMs: now() })
      if (likeness && entries.has(key)) list(likeness, key)
    },
    clear: () => {
      entries.clear()
      groups.clear()
    },
    stats: () => ({ entries: entries.size, bytes: entries.calculatedSize }),
  }
}
