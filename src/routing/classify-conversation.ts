// Classifies the last human turn and, where its wording leaves its subject open, the turn that it continues.
// The history in the request comes first, because it can be recomputed; memory serves where there is none.
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
import type { TakeTurn } from '../jobs/loop-turn.ts'
import type { Generation } from '../vector-index/generation.ts'
import type { Classified, Classify } from './classify.ts'
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
}

export interface ConversationRequest extends SessionRequest {
  /** Only what asks to be routed is classified. */
  requested: RequestedModel
  /** Set for a large request: waits for a turn of the event loop before each heavy step. */
  takeTurn?: TakeTurn
  signal: AbortSignal
}

/** A turn ready to be decided on, and where its classification comes from. */
export interface ClassifiedTurn extends Turn, Omit<Classified, 'classification' | 'degradedBy'> {
  text: RoutingText
}

interface Earlier {
  source: 'history' | 'memory'
  turnsBack: number | null
  classification: Blendable
  /** What the weight is multiplied with. */
  decay: number
  /** Null where it is remembered. */
  generation: Classified['generation']
}

/** Human turns that are looked at: a subject further back than this is not what "yes" refers to. */
const MOST_TURNS = 9
/** Turns after which the history's weight has halved, for wordings that leave the subject open. */
const HALF_LIFE_TURNS = 8

/** The nearest earlier turn that says what it is about; the oldest with words where all of them only continue. */
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

/** JSON cannot write an infinite one. */
const keptLimit = ({ noveltyLimit }: Blendable): number | null =>
  Number.isFinite(noveltyLimit) ? noveltyLimit : null

/** @param generation the one that decides for this conversation; null, the one that serves now */
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
  const told = await classify(found.text, UNTIMED, request.signal, asked)
  const { classification, generation } = told
  if (!classification || classification.scores.length === 0 || told.degradedBy !== null) return null
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

/** @throws only the signal's reason, where the client has left. */
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
    const { classification: own, ...rest } = await classify(text, stopwatch, signal, asked)
    const classified = { requested, text, own, inherited: null, ...rest }
    if (!conversation.inherit) return classified
    if (remembered?.turnDigest === text.digest && isToolStep(messages)) {
      return { ...classified, inherited: staying(remembered) }
    }
    const cues = turnCues(text.text)
    if (classified.degradedBy !== null) {
      return isFollowUp(cues) || isCourtesy(cues) ? { ...classified, ...UNREAD } : classified
    }
    const wording = continuationWeight(cues, own)
    if (wording === 0) return classified
    const told = await fromHistory(context, turns, { request, asked })
    const earlier = told ?? (remembered ? fromMemory(context, remembered) : null)
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

/** The words of a turn that only continues another say nothing about its subject. */
const UNREAD = { own: null, generation: null, wordLogits: null }

/** A step of a tool loop: the route of its first step, even where an index was swapped or an encoder died in between. */
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

/** Log-odds from which on a turn names no subject at all. */
const BARE_ODDS = 2.5

/** How much an earlier turn of the request's own history has faded. */
export const historyDecay = (turnsBack: number): number =>
  0.5 ** ((turnsBack - 1) / HALF_LIFE_TURNS)

/** A turn without any subject of its own inherits however far back the subject is; the less clear ones fade. */
export const weightOf = (
  own: Classification | null,
  { cues, wording, decay }: { cues: TurnCues; wording: number; decay: number },
): number => (own === null || cues.logOdds >= BARE_ODDS ? wording : wording * decay)

const NO_TURN: HumanTurn = { text: '', flags: [], isWhole: true }

/** The stages of a decision are those of its own turn. */
const UNTIMED: Stopwatch = { lap: () => {}, timings: () => ({ totalMs: 0 }) }
