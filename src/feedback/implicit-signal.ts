// What a turn says about the answer before it: nearly the same prompt again, the very same one, or "no, I meant …". Pure.
// A wrong vote blames exemplars that did nothing wrong, so whatever a program may have sent is passed over.

import { dot } from '../core/linear/vectors.ts'
import type { ImplicitKind } from '../core/records/feedback.ts'
import { type Decision, NONE_ROUTE, type Reason } from '../core/types.ts'
import { isCorrection } from './correction-cue.ts'

/** What is kept of a decision to compare the next turn with: digests and a vector, no text. */
export interface SeenTurn {
  decisionId: string
  /** Digest of the routing text, and of its numbers: "5 km in miles" and "8 km in miles" are two questions. */
  digest: string
  numbersDigest: string
  /** Digests of the human's words in this turn and in the one before, as they were sent; null where there is none. */
  turnDigest: string
  priorDigest: string | null
  /** Digest of what stands around: the system prompt's start and the model that was asked for. */
  contextDigest: string
  messageCount: number
  textChars: number
  isTruncated: boolean
  /** Unit sentence embedding; null where the turn was not embedded. */
  vector: Float32Array | null
  /** The caller named the conversation or the person; else the beginning of the history is all that tells them. */
  isNamed: boolean
  reason: Reason
  route: string
  atMs: number
  /** When its answer had been served; null before, and where it never was. */
  servedAtMs: number | null
}

export interface ImplicitSignal {
  kind: ImplicitKind
  correctRoute: string | null
}

/** Later than this, a turn is a new matter. */
const COMPARED_WITHIN_MS = 10 * 60_000
/** The same request sooner after the answer was sent again by a program. */
const RETRY_MS = 1_000
/** Nobody reads an answer and words the question anew in less. */
const REWORDED_MS = 2_000
const SAME_MATTER = 0.93
/** In longer texts what is pasted makes them alike, whatever is asked about it. */
const LONGEST_RE_ASK = 400
/** Own confidence from which a correction says where the earlier turn belonged. */
const SURE = 0.8

/** Decisions that were ours to make: a pinned route, a dead encoder or an empty prompt is nobody's exemplar's fault. */
const JUDGED: ReadonlySet<Reason> = new Set([
  'matched',
  'below_threshold',
  'none_of_the_above',
  'unconfigured_route',
  'session',
  'constrained',
  'experiment',
])

/** The route that the later turn takes by itself, where it is sure. */
const ownRoute = ({ inherited, scores, confidence }: Decision): string | null => {
  const own = inherited ? inherited.own : { scores, confidence: confidence ?? 0 }
  const best = own?.scores[0]
  if (!own || !best || own.confidence < SURE || best.route === NONE_ROUTE) return null
  return best.route
}

/** The later request's history holds the earlier turn as the one before. */
const continues = (earlier: SeenTurn, later: SeenTurn): boolean =>
  later.priorDigest === earlier.turnDigest

/** Stands where the earlier turn stood: asked again, or edited. Without names, these may be two people. */
const replaces = (earlier: SeenTurn, later: SeenTurn): boolean =>
  later.isNamed && later.priorDigest === earlier.priorDigest

const similarity = (a: SeenTurn, b: SeenTurn): number =>
  a.vector && b.vector && a.vector.length === b.vector.length
    ? dot(a.vector, 0, b.vector, 0, a.vector.length)
    : 0

const isReAsk = (earlier: SeenTurn, later: SeenTurn): boolean =>
  (continues(earlier, later) || replaces(earlier, later)) &&
  !earlier.isTruncated &&
  !later.isTruncated &&
  Math.max(earlier.textChars, later.textChars) <= LONGEST_RE_ASK &&
  earlier.numbersDigest === later.numbersDigest &&
  similarity(earlier, later) >= SAME_MATTER

/**
 * @param earlier the last decision of the same conversation
 * @param decision that of `later`
 * @returns the vote against `earlier` that follows, or null
 */
export const implicitSignal = (
  earlier: SeenTurn,
  later: SeenTurn,
  decision: Decision,
): ImplicitSignal | null => {
  if (earlier.servedAtMs === null || !JUDGED.has(earlier.reason)) return null
  if (later.atMs - earlier.atMs > COMPARED_WITHIN_MS) return null
  if (earlier.contextDigest !== later.contextDigest) return null
  const sinceServedMs = later.atMs - earlier.servedAtMs
  if (earlier.digest === later.digest) {
    const isAgain =
      earlier.turnDigest === later.turnDigest &&
      replaces(earlier, later) &&
      earlier.messageCount === later.messageCount &&
      sinceServedMs >= RETRY_MS
    return isAgain ? { kind: 'regenerate', correctRoute: null } : null
  }
  const isNext = continues(earlier, later) || (later.isNamed && later.priorDigest === null)
  if (isNext && isCorrection(decision.routingText.text)) {
    const route = ownRoute(decision)
    return { kind: 'correction', correctRoute: route === earlier.route ? null : route }
  }
  const isReworded = sinceServedMs >= REWORDED_MS && isReAsk(earlier, later)
  return isReworded ? { kind: 're_ask', correctRoute: null } : null
}
