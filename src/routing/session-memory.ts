// In memory: the last decision of recent conversations, for requests that do not carry their history and for tool loops, which must
// keep their route. Bounded by number and age; holds digests, no prompts.
import { LRUCache } from 'lru-cache'
import type { Config } from '../config/config-schema.ts'
import type { Blendable } from '../core/conversation/conversation.ts'
import { type SessionKeyInput, sessionKey } from '../core/conversation/session-key.ts'
import type { Decision, Reason } from '../core/types.ts'

export interface SessionEntry {
  route: string
  classification: Blendable
  /** Digest of the classified routing text. */
  turnDigest: string
  atMs: number
}

/** The parts of a request that identify its conversation. */
export type SessionRequest = Pick<SessionKeyInput, 'messages' | 'sessionId'> & {
  user?: string | null
}

export interface SessionMemory {
  recall(request: SessionRequest): SessionEntry | null
  /** Stores what later turns may inherit; nothing for turns that were pinned or could not be classified. */
  remember(request: SessionRequest, decision: Decision): void
  readonly size: number
  /** The least recently used first. */
  entries(): Iterable<[string, SessionEntry]>
}

export interface SessionMemoryOptions {
  config: Config['conversation']
  digest: (text: string) => string
  now: () => number
  /** The memory of the previous configuration, whose entries are kept. */
  previous?: Pick<SessionMemory, 'entries'> | null
}

/** Half-lives after which an entry is dropped. */
const HALF_LIVES_KEPT = 5

/** As it is kept: a list of names and one of numbers take a fourth of what an object for each score takes. */
interface Packed extends Omit<SessionEntry, 'classification'> {
  rest: Omit<Blendable, 'scores'>
  routes: string[]
  scores: number[]
}

const packed = ({ classification: { scores, ...rest }, ...entry }: SessionEntry): Packed => ({
  ...entry,
  rest,
  routes: scores.map(({ route }) => route),
  scores: scores.map(({ score }) => score),
})

const unpacked = ({ rest, routes, scores, ...entry }: Packed): SessionEntry => ({
  ...entry,
  classification: {
    scores: routes.map((route, i) => ({ route, score: scores[i] as number })),
    ...rest,
  },
})

/** Reasons of decisions by what the turn is about: the task stays on their route. */
const KEPT: ReadonlySet<Reason> = new Set(['matched', 'session', 'words'])

const entryOf = (decision: Decision): SessionEntry | null => {
  const { reason, route, scores, confidence, routingText } = decision
  if (!KEPT.has(reason) || confidence === null) return null
  const { novelty = 0, noveltyLimit = Number.POSITIVE_INFINITY } = decision.classification ?? {}
  // A step of a tool loop keeps the entry of the first step: its own scores decided nothing.
  const { inherited } = decision
  const { route: _, ...begun } = inherited?.source === 'tool_loop' ? inherited.earlier : { route }
  const classification = { scores, confidence, novelty, ...begun, noveltyLimit }
  return { route, classification, turnDigest: routingText.digest, atMs: decision.createdAtMs }
}

/** The least recently used first. */
function* unpackedEntries(
  entries: LRUCache<string, Packed> | undefined,
): Generator<[string, SessionEntry]> {
  const oldestFirst = (entries?.rentries() ?? []) as Iterable<[string, Packed]>
  for (const [key, entry] of oldestFirst) yield [key, unpacked(entry)]
}

export const createSessionMemory = (options: SessionMemoryOptions): SessionMemory => {
  const { digest, now } = options
  const { inherit, max_sessions: max, half_life_ms: halfLifeMs } = options.config
  const isKept = inherit && max > 0
  const entries = isKept ? new LRUCache<string, Packed>({ max }) : undefined
  const keep = (key: string, entry: SessionEntry): void => {
    entries?.set(key, packed(entry))
  }
  for (const [key, entry] of options.previous?.entries() ?? []) keep(key, entry)
  const keyOf = ({ sessionId, user = null, messages }: SessionRequest): string =>
    sessionKey({ sessionId, user, messages }, digest)
  return {
    recall: (request) => {
      if (!entries) return null
      const key = keyOf(request)
      const entry = entries.get(key)
      if (entry && now() - entry.atMs <= HALF_LIVES_KEPT * halfLifeMs) return unpacked(entry)
      if (entry) entries.delete(key)
      return null
    },
    remember: (request, decision) => {
      const entry = entries && entryOf(decision)
      if (entry) keep(keyOf(request), entry)
    },
    get size() {
      return entries?.size ?? 0
    },
    entries: () => unpackedEntries(entries),
  }
}
