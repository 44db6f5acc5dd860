// Infers an implicit vote from a turn about the answer before it: a similar prompt again, the identical one, or "no, I meant …". Pure.
// A wrong vote would blame the wrong exemplars, so turns that a program may have sent are ignored.

import { dot } from '../core/linear/vectors.ts'
import type { ImplicitKind } from '../core/records/feedback.ts'
import { type Decision, NONE_ROUTE, type Reason } from '../core/types.ts'
import { isCorrection } from './correction-cue.ts'

/** The facts about a turn that the next one is compared with: digests and a vector, no text. */
export interface SeenTurn {
  decisionId: string
  /** Digests of the routing text, and of its numbers: "5 km in miles" and "8 km in miles" are different questions. */
  digest: string
  numbersDigest: string
  /** Digests of the human's words in this turn and in the one before, as they were sent; null where there is none. */
  turnDigest: string
  priorDigest: string | null
  /** Digest of the context: the beginning of the system prompt, and the requested model. */
  contextDigest: string
  messageCount: number
  textChars: number
  isTruncated: boolean
  /** Unit sentence embedding; null where the turn was not embedded. */
  vector: Float32Array | null
  /** True where the caller named the conversation or the user; else they are identified by the beginning of the history. */
  isNamed: boolean
  reason: Reason
  route: string
  atMs: number
  /** Time at which its answer was served; null before that. */
  servedAtMs: number | null
}

export interface ImplicitSignal {
  kind: ImplicitKind
  correctRoute: string | null
}

/** Later turns are not compared. */
const COMPARED_WITHIN_MS = 10 * 60_000
/** An identical request sooner after the answer is taken for an automatic retry. */
const RETRY_MS = 1_000
/** Least time for a human to read an answer and rephrase the question. */
const REWORDED_MS = 2_000
const SAME_MATTER = 0.93
/** Characters; longer texts may only be similar because of pasted material. */
const LONGEST_RE_ASK = 400
/** Least own confidence for a correction to name the right route of the earlier turn. */
const SURE = 0.8

/** Reasons of decisions by classification; others do not depend on exemplars. */
const JUDGED: ReadonlySet<Reason> = new Set([
  'matched',
  'below_threshold',
  'none_of_the_above',
  'unconfigured_route',
  'session',
  'constrained',
  'experiment',
])

/** The later turn's own best route, where its confidence is high enough. */
const ownRoute = ({ inherited, scores, confidence }: Decision): string | null => {
  const own = inherited ? inherited.own : { scores, confidence: confidence ?? 0 }
  const best = own?.scores[0]
  if (!own || !best || own.confidence < SURE || best.route === NONE_ROUTE) return null
  return best.route
}

/** Whether the earlier turn is the previous one in the later request's history. */
const continues = (earlier: SeenTurn, later: SeenTurn): boolean =>
  later.priorDigest === earlier.turnDigest

/** Whether the later turn replaces the earlier one (repeated or edited). Without a named conversation these may be two people. */
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
