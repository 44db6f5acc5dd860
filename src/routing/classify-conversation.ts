// Classifies the last human turn and, where its wording leaves its subject open, the turn that it continues.
// The history in the request comes first, because it can be recomputed; memory serves where there is none.

import {
  type Blendable,
  blendClassifications,
  continuationWeight,
  isCourtesy,
  isFollowUp,
  type TurnCues,
  turnCues,
} from '../core/conversation/conversation.ts'
import { type RoutingTextOptions, routingTextOfTurn } from '../core/prompt/prompt.ts'
import {
  type HumanTurn,
  humanTurns,
  isToolStep,
  type PromptMessage,
} from '../core/prompt/prompt-turns.ts'
import type { Inheritance, RoutingText } from '../core/types.ts'
import type { Generation } from '../vector-index/generation.ts'
import type { Classified, Classify } from './classify.ts'
import type { SessionEntry } from './session-memory.ts'
import type { Stopwatch } from './stopwatch.ts'

export interface ClassifyConversationOptions {
  classify: Classify
  text: RoutingTextOptions
  /** False takes every turn by itself. */
  isInheriting: boolean
  /** Of what is remembered, in milliseconds. */
  halfLifeMs: number
  now: () => number
}

export interface ConversationRequest {
  messages: readonly PromptMessage[]
  signal: AbortSignal
  /** The generation that decides for this conversation; absent or null, the one that serves now. */
  generation?: Generation | null
}

export interface ClassifiedTurn extends Classified {
  text: RoutingText
  inherited: Inheritance | null
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
/** Turns after which the history's say has halved, for wordings that leave it open. */
const HALF_LIFE_TURNS = 8

/** The nearest earlier turn that says what it is about; the oldest with words where all of them only continue. */
const substantiveTurn = (turns: readonly HumanTurn[], options: RoutingTextOptions) => {
  let oldest: { text: RoutingText; turnsBack: number } | null = null
  for (const [i, turn] of turns.entries()) {
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

/** JSON has no word for an infinite one. */
const keptLimit = ({ noveltyLimit }: Blendable): number | null =>
  Number.isFinite(noveltyLimit) ? noveltyLimit : null

/** @param remembered what memory holds of this conversation */
export type ClassifyConversation = (
  request: ConversationRequest,
  remembered: SessionEntry | null,
  stopwatch: Stopwatch,
) => Promise<ClassifiedTurn>

/** @throws only the signal's reason, where the client has left. */
export const createClassifyConversation = (
  options: ClassifyConversationOptions,
): ClassifyConversation => {
  const { classify, halfLifeMs } = options

  const fromHistory = async (
    turns: readonly HumanTurn[],
    { signal, generation: asked }: ConversationRequest,
  ): Promise<Earlier | null> => {
    const found = substantiveTurn(turns, options.text)
    if (!found) return null
    const { classification, generation } = await classify(found.text, UNTIMED, signal, asked)
    if (!classification || classification.scores.length === 0) return null
    const { turnsBack } = found
    const decay = historyDecay(turnsBack)
    return { source: 'history', turnsBack, classification, decay, generation }
  }

  const fromMemory = (entry: SessionEntry): Earlier => ({
    source: 'memory',
    turnsBack: null,
    classification: entry.classification,
    decay: 0.5 ** ((options.now() - entry.atMs) / halfLifeMs),
    generation: null,
  })

  return async (request, remembered, stopwatch) => {
    const { messages, signal, generation: asked } = request
    const [turn = NO_TURN, ...turns] = humanTurns(messages, MOST_TURNS)
    const text = routingTextOfTurn(turn, options.text)
    stopwatch.lap('routingTextMs')
    const own = await classify(text, stopwatch, signal, asked)
    const classified = { ...own, text, inherited: null }
    if (!options.isInheriting) return classified
    if (remembered?.turnDigest === text.digest && isToolStep(messages)) {
      return staying(classified, remembered)
    }
    if (classified.degradedBy !== null) return classified
    const cues = turnCues(text.text)
    const wording = continuationWeight(cues, classified.classification)
    if (wording === 0) return classified
    const earlier =
      (await fromHistory(turns, request)) ?? (remembered ? fromMemory(remembered) : null)
    stopwatch.lap('conversationMs')
    return earlier ? continuing(classified, earlier, { cues, wording }) : classified
  }
}

/** A step of a tool loop: the route of its first step, even where an index was swapped or an encoder died in between. */
const staying = (turn: ClassifiedTurn, remembered: SessionEntry): ClassifiedTurn => {
  const { route, classification } = remembered
  const own = turn.classification
  const inherited: Inheritance = {
    source: 'tool_loop',
    weight: 1,
    cues: ['tool loop'],
    turnsBack: null,
    earlier: { route, ...summaryOf(classification) },
    own: own && summaryOf(own),
  }
  return { ...turn, inherited }
}

const continuing = (
  turn: ClassifiedTurn,
  earlier: Earlier,
  { cues, wording }: { cues: TurnCues; wording: number },
): ClassifiedTurn => {
  const { classification: own } = turn
  const weight = weightOf(turn, { cues, wording, decay: earlier.decay })
  const inherited: Inheritance = {
    source: earlier.source,
    weight,
    cues: cues.found,
    turnsBack: earlier.turnsBack,
    earlier: {
      route: earlier.classification.scores[0]?.route ?? '',
      ...summaryOf(earlier.classification),
    },
    noveltyLimit: keptLimit(earlier.classification),
    own: own && summaryOf(own),
  }
  return {
    ...turn,
    generation: turn.generation ?? earlier.generation,
    classification: blendClassifications(own, earlier.classification, weight),
    inherited,
  }
}

/** Log-odds from which on a turn names no subject at all. */
const BARE_ODDS = 2.5

/** How much an earlier turn of the request's own history has faded. */
export const historyDecay = (turnsBack: number): number =>
  0.5 ** ((turnsBack - 1) / HALF_LIFE_TURNS)

/** A turn without any subject of its own inherits however far back the subject is; the less clear ones fade. */
export const weightOf = (
  turn: Pick<Classified, 'classification'>,
  { cues, wording, decay }: { cues: TurnCues; wording: number; decay: number },
): number => (turn.classification === null || cues.logOdds >= BARE_ODDS ? wording : wording * decay)

const NO_TURN: HumanTurn = { text: '', flags: [], isWhole: true }

/** The stages of a decision are those of its own turn. */
const UNTIMED: Stopwatch = { lap: () => {}, timings: () => ({ totalMs: 0 }) }
