// Classifies the last human turn and, where its wording names no subject, the earlier turn that it continues. The earlier turn is
// taken from the request's history, which is reproducible, else from memory.

import type { Config } from '../config/config-schema.ts'
import {
  type Blendable,
  continuationWeight,
  isCourtesy,
  isFollowUp,
  type TurnCues,
  turnCues,
} from '../core/conversation/conversation.ts'
import type { Inherited, Turn } from '../core/decide/decide-turn.ts'
import type { RequestedModel } from '../core/decide/requested-model.ts'
import { type RoutingTextOptions, routingTextOfTurn } from '../core/prompt/prompt.ts'
import { type HumanTurn, humanTurns, isToolStep } from '../core/prompt/prompt-turns.ts'
import type { Classification, RoutingText } from '../core/types.ts'
import type { EndSignal } from '../jobs/end-signal.ts'
import type { TakeTurn } from '../jobs/loop-turn.ts'
import type { Generation } from '../vector-index/generation.ts'
import type { Classified, Classify, MayUseWords } from './classify.ts'
import type { SessionEntry, SessionMemory, SessionRequest } from './session-memory.ts'
import type { Stopwatch } from './stopwatch.ts'

export interface ClassifyConversationOptions {
  classify: Classify
  sessions: Pick<SessionMemory, 'recall'>
  config: {
    encoder: Pick<Config['encoder'], 'max_chars'>
    conversation: Pick<Config['conversation'], 'inherit' | 'half_life_ms'>
  }
  digest: (text: string) => string
  now: () => number
  /** Whether the words' route is taken where they decide; absent: they never go before the encoder. */
  areWordsTaken?: MayUseWords
}

export interface ConversationRequest extends SessionRequest {
  /** Pinned requests are not classified. */
  requested: RequestedModel
  /** Set for large requests: called before each heavy step to yield to the event loop. */
  takeTurn?: TakeTurn
  signal: EndSignal
}

/** A turn ready to be decided, with the origin of its classification. */
export interface ClassifiedTurn extends Turn, Omit<Classified, 'classification' | 'degradedBy'> {
  text: RoutingText
}

interface Earlier {
  source: 'history' | 'memory'
  turnsBack: number | null
  classification: Blendable
  /** Factor of the weight. */
  decay: number
  /** Null where it comes from memory. */
  generation: Classified['generation']
}

/** Number of human turns read: "yes" does not refer to a subject further back. */
const MOST_TURNS = 9
/** Turns in which the weight of an earlier turn halves, where the turn has content words of its own. */
const HALF_LIFE_TURNS = 8

/** The latest earlier turn that is not a follow-up itself; the oldest one with words where all are follow-ups. */
const substantiveTurn = async (
  turns: readonly HumanTurn[],
  options: RoutingTextOptions,
  takeTurn?: TakeTurn,
) => {
  let oldest: { text: RoutingText; turnsBack: number } | null = null
  for (const [i, turn] of turns.entries()) {
    await takeTurn?.()
    const text = routingTextOfTurn(turn, options)
    if (!text.hasSignal) continue
    const cues = turnCues(text.text)
    if (isCourtesy(cues)) continue
    oldest = { text, turnsBack: i + 1 }
    if (!isFollowUp(cues)) break
  }
  return oldest
}

const summaryOf = ({ scores, confidence, novelty }: Blendable) => ({ scores, confidence, novelty })

/** JSON has no infinity: null stands for an infinite limit. */
const keptLimit = ({ noveltyLimit }: Blendable): number | null =>
  Number.isFinite(noveltyLimit) ? noveltyLimit : null

/** @param generation the generation that decides for this conversation; null: the serving one */
export type ClassifyConversation = (
  request: ConversationRequest,
  generation: Generation | null,
  stopwatch: Stopwatch,
) => Promise<ClassifiedTurn>

type Context = ClassifyConversationOptions & { textOptions: RoutingTextOptions }

const fromHistory = async (
  { classify, textOptions }: Context,
  turns: readonly HumanTurn[],
  { request, asked }: { request: ConversationRequest; asked: Generation | null },
): Promise<Earlier | null> => {
  const found = await substantiveTurn(turns, textOptions, request.takeTurn)
  if (!found) return null
  const earlier = await classify(found.text, UNTIMED, request.signal, { asked })
  const { classification, generation } = earlier
  if (!classification || classification.scores.length === 0 || earlier.degradedBy !== null)
    return null
  const { turnsBack } = found
  const decay = historyDecay(turnsBack)
  return { source: 'history', turnsBack, classification, decay, generation }
}

const fromMemory = ({ config, now }: Context, entry: SessionEntry): Earlier => ({
  source: 'memory',
  turnsBack: null,
  classification: entry.classification,
  decay: 0.5 ** ((now() - entry.atMs) / config.conversation.half_life_ms),
  generation: null,
})

/** The words go before the encoder only where nothing earlier can have a say: they know nothing of what a follow-up is about. */
const mayWordsDecide =
  (
    { areWordsTaken, config }: Context,
    { isAlone, text }: { isAlone: boolean; text: RoutingText },
  ): MayUseWords =>
  (byWords, generation) => {
    const cues = config.conversation.inherit ? turnCues(text.text) : null
    const standsAlone = cues === null || (isAlone && !isFollowUp(cues) && !isCourtesy(cues))
    return standsAlone && areWordsTaken?.(byWords, generation) === true
  }

/** @throws only the signal's reason, where the client has disconnected */
export const createClassifyConversation = (
  options: ClassifyConversationOptions,
): ClassifyConversation => {
  const { classify, sessions, digest } = options
  const { encoder, conversation } = options.config
  const context: Context = { ...options, textOptions: { maxChars: encoder.max_chars, digest } }

  return async (request, asked, stopwatch) => {
    const { requested, messages, signal, takeTurn } = request
    await takeTurn?.()
    const [turn = NO_TURN, ...turns] = humanTurns(messages, MOST_TURNS)
    await takeTurn?.()
    const text = routingTextOfTurn(turn, context.textOptions)
    if (requested.kind !== 'auto') return { requested, text, ...UNCLASSIFIED }
    const remembered = sessions.recall(request)
    stopwatch.lap('routingTextMs')
    const isStaying = remembered?.turnDigest === text.digest && isToolStep(messages)
    const isAlone = turns.length === 0 && (remembered === null || isStaying)
    const how = { asked, mayUseWords: mayWordsDecide(context, { isAlone, text }) }
    const { classification: own, ...rest } = await classify(text, stopwatch, signal, how)
    const classified = { requested, text, own, inherited: null, ...rest }
    if (!conversation.inherit) return classified
    if (isStaying) return { ...classified, inherited: staying(remembered) }
    const cues = turnCues(text.text)
    if (classified.degradedBy !== null) {
      return isFollowUp(cues) || isCourtesy(cues) ? { ...classified, ...UNREAD } : classified
    }
    const wording = continuationWeight(cues, own)
    if (wording === 0) return classified
    const inHistory = await fromHistory(context, turns, { request, asked })
    const earlier = inHistory ?? (remembered ? fromMemory(context, remembered) : null)
    stopwatch.lap('conversationMs')
    if (earlier === null) return classified
    const generation = classified.generation ?? earlier.generation
    return { ...classified, generation, inherited: continued(own, earlier, { cues, wording }) }
  }
}

const UNCLASSIFIED = {
  own: null,
  inherited: null,
  embedding: null,
  generation: null,
  degradedBy: null,
}

/** For a degraded follow-up: its words say nothing about its subject, so the word head's classification is dropped. */
const UNREAD = { own: null, generation: null, wordLogits: null }

/** A step of a tool loop keeps the route of the first step, even where the index was swapped or the encoder died meanwhile. */
const staying = ({ route, classification }: SessionEntry): Inherited => ({
  source: 'tool_loop',
  weight: 1,
  cues: ['tool loop'],
  turnsBack: null,
  earlier: { route, ...summaryOf(classification) },
})

const continued = (
  own: Classification | null,
  { source, turnsBack, classification, decay }: Earlier,
  { cues, wording }: { cues: TurnCues; wording: number },
): Inherited => ({
  source,
  weight: weightOf(own, { cues, wording, decay }),
  cues: cues.found,
  turnsBack,
  earlier: { route: classification.scores[0]?.route ?? '', ...summaryOf(classification) },
  noveltyLimit: keptLimit(classification),
})

/** Log-odds from which on a turn counts as naming no subject at all. */
const BARE_ODDS = 2.5

/** Decay factor of an earlier turn in the request's history. */
export const historyDecay = (turnsBack: number): number =>
  0.5 ** ((turnsBack - 1) / HALF_LIFE_TURNS)

/** A turn without any subject inherits at full weight however far back the subject is; for others the weight decays. */
export const weightOf = (
  own: Classification | null,
  { cues, wording, decay }: { cues: TurnCues; wording: number; decay: number },
): number => (own === null || cues.logOdds >= BARE_ODDS ? wording : wording * decay)

const NO_TURN: HumanTurn = { text: '', flags: [], isWhole: true }

/** Used for earlier turns: a decision's stage timings are those of its own turn. */
const UNTIMED: Stopwatch = { lap: () => {}, timings: () => ({ totalMs: 0 }) }
