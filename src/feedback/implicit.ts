// Infers votes (source `implicit`) against a decision from what the caller does next. In memory: the last turn of each recent
// conversation, as digests and a vector. Never delays a request.
import { LRUCache } from 'lru-cache'
import { sessionKey } from '../core/conversation/session-key.ts'
import type { Logger } from '../core/logger.ts'
import {
  humanTurns,
  isToolStep,
  messageText,
  type PromptMessage,
} from '../core/prompt/prompt-turns.ts'
import type { Feedback, ImplicitKind } from '../core/records/feedback.ts'
import type { Decision, Outcome } from '../core/types.ts'
import type { ForgetQuery, Store } from '../store/store.ts'
import { implicitSignal, type SeenTurn } from './implicit-signal.ts'
import { createVoteQueue, type VoteOutcome } from './vote-queue.ts'

/** The parts of a request that identify its conversation; `user` is the pipeline's, which differs between keys. */
export interface WatchedRequest {
  messages: readonly PromptMessage[]
  sessionId: string | null
  user?: string | null
}

export interface ImplicitFeedback {
  /** Compares a chat's decision with the last one of its conversation, and stores it for the next. Never throws or waits. */
  observe(request: WatchedRequest, decision: Decision): void
  /** Only an answer that was served can have been wrong. */
  completed(decisionId: string, outcome: Outcome): void
  /** Drops the turns of a session, user or key. @returns their number */
  forget(query: ForgetQuery): number
  /** Resolves when all votes so far are written. */
  flush(): Promise<void>
  /** Number of stored conversations. */
  readonly size: number
}

export interface ImplicitFeedbackOptions {
  /** Most stored conversations, up to 2,000; 0: off. */
  maxSessions: number
  store: Pick<Store, 'addFeedback'>
  /** Length of the sentence embedding at the beginning of a decision's row. */
  dimensions: () => number
  digest: (text: string) => string
  /** uuid v7. */
  newId: () => string
  now: () => number
  onVote: (kind: ImplicitKind, outcome: VoteOutcome) => void
  logger: Logger
}

interface Entry extends SeenTurn {
  sessionId: string | null
  userDigest: string | null
  principal: string
}

const MOST_WAITING = 1_000
/** Of some 3 kB each. Only turns within ten minutes are compared: enough for three new conversations a second. */
const MOST_CONVERSATIONS = 2_000
/** Characters of a system prompt that are hashed: enough to distinguish tasks of an agent. */
const CONTEXT_CHARS = 2_000

const contextOf = (messages: readonly PromptMessage[], decision: Decision): string => {
  const system = messages.find(({ role }) => role === 'system' || role === 'developer')
  const start = system ? messageText(system.content).text.slice(0, CONTEXT_CHARS) : ''
  return JSON.stringify([decision.requestedModel, start])
}

const numbersOf = (text: string): string => (text.match(/\p{N}+/gu) ?? []).sort().join(' ')

const isOf = (entry: Entry, query: ForgetQuery): boolean => {
  if ('decisionId' in query) return entry.decisionId === query.decisionId
  if ('sessionId' in query) return entry.sessionId === query.sessionId
  if ('userDigest' in query) return entry.userDigest === query.userDigest
  return entry.principal === query.principal
}

const toEntry = (
  { messages }: WatchedRequest,
  decision: Decision,
  options: ImplicitFeedbackOptions,
): Entry => {
  const { digest } = options
  const [turn, prior] = humanTurns(messages, 2)
  const { routingText, embedding, sessionId, userDigest, principal } = decision
  return {
    decisionId: decision.id,
    digest: routingText.digest,
    numbersDigest: digest(numbersOf(routingText.text)),
    turnDigest: digest(turn?.text ?? ''),
    priorDigest: prior ? digest(prior.text) : null,
    contextDigest: digest(contextOf(messages, decision)),
    messageCount: messages.length,
    textChars: routingText.text.length,
    isTruncated: routingText.isTruncated || routingText.flags.includes('long'),
    vector: embedding?.slice(0, options.dimensions()) ?? null,
    isNamed: sessionId !== null || userDigest !== null,
    reason: decision.reason,
    route: decision.route,
    atMs: decision.createdAtMs,
    servedAtMs: null,
    sessionId,
    userDigest,
    principal: principal ?? 'local',
  }
}

const WATCHES_NOTHING: ImplicitFeedback = {
  observe: () => {},
  completed: () => {},
  forget: () => 0,
  flush: async () => {},
  size: 0,
}

/** The last turn of each conversation, and those of them without a served answer. */
const createSeenTurns = (max: number) => {
  const unanswered = new Map<string, Entry>()
  const last = new LRUCache<string, Entry>({
    max: Math.min(max, MOST_CONVERSATIONS),
    dispose: ({ decisionId }) => unanswered.delete(decisionId),
  })
  return {
    last,
    see: (key: string, entry: Entry): void => {
      last.set(key, entry)
      unanswered.set(entry.decisionId, entry)
    },
    /** Removes and returns the unanswered turn of a decision. */
    takeUnanswered: (decisionId: string): Entry | null => {
      const entry = unanswered.get(decisionId)
      unanswered.delete(decisionId)
      return entry ?? null
    },
    forget: (query: ForgetQuery): number => {
      const forgotten = [...last.entries()].filter(([, entry]) => isOf(entry, query))
      for (const [key] of forgotten) last.delete(key)
      return forgotten.length
    },
  }
}

/** The implicit vote of the later turn against the earlier one's decision, or null. */
const voteOf = (
  { newId, now }: ImplicitFeedbackOptions,
  earlier: Entry,
  { later, decision }: { later: Entry; decision: Decision },
): Feedback | null => {
  const signal = implicitSignal(earlier, later, decision)
  if (!signal) return null
  return {
    id: newId(),
    decisionId: earlier.decisionId,
    principal: later.principal,
    verdict: 'bad',
    correctRoute: signal.correctRoute,
    score: null,
    comment: null,
    source: 'implicit',
    implicitKind: signal.kind,
    createdAtMs: Math.round(now()),
  }
}

export const createImplicitFeedback = (options: ImplicitFeedbackOptions): ImplicitFeedback => {
  const { maxSessions, digest, now, onVote, logger, store } = options
  if (maxSessions === 0) return WATCHES_NOTHING
  const { last, see, takeUnanswered, forget } = createSeenTurns(maxSessions)
  const votes = createVoteQueue({
    store,
    limit: MOST_WAITING,
    onOutcome: ({ implicitKind }, outcome) => implicitKind && onVote(implicitKind, outcome),
    logger,
  })
  const observe = (request: WatchedRequest, decision: Decision): void => {
    const { messages, sessionId, user = null } = request
    // Steps of a tool loop contain the same human turn again: neither a repetition, nor stored for the next comparison.
    if (isToolStep(messages)) return
    const key = sessionKey({ sessionId, user, messages }, digest)
    const later = toEntry(request, decision, options)
    const earlier = last.get(key)
    const vote = earlier && voteOf(options, earlier, { later, decision })
    if (vote) votes.add(vote)
    see(key, later)
  }
  return {
    observe: (request, decision) => {
      try {
        observe(request, decision)
      } catch (error) {
        logger.error({ err: error, decisionId: decision.id }, 'a turn could not be compared')
      }
    },
    completed: (decisionId, outcome) => {
      const entry = takeUnanswered(decisionId)
      if (entry && outcome === 'served') entry.servedAtMs = now()
    },
    forget,
    flush: votes.flush,
    get size() {
      return last.size
    },
  }
}
