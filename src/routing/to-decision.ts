// Last step before the call: assembles the decision record.
import { confidenceIn, type TurnDecision } from '../core/decide/decide-turn.ts'
import type { Arm, Decision, StageTimings } from '../core/types.ts'
import type { ChosenModels } from './choose-models.ts'
import type { ClassifiedTurn } from './classify-conversation.ts'
import type { Asked } from './who-asks.ts'

export interface DecisionParts {
  id: string
  createdAtMs: number
  asked: Asked
  arm: Arm
  turn: ClassifiedTurn
  wanted: TurnDecision
  chosen: ChosenModels
  configVersion: string
  timings: StageTimings
}

export const toDecision = (parts: DecisionParts): Decision => {
  const { asked, turn, wanted, chosen } = parts
  const { classification, inherited, threshold } = wanted
  return {
    id: parts.id,
    createdAtMs: parts.createdAtMs,
    requestId: asked.requestId,
    sessionId: asked.sessionId,
    requestedModel: asked.model,
    routingText: turn.text,
    embedding: turn.embedding,
    route: chosen.route,
    model: chosen.model,
    reason: chosen.reason,
    degradedBy: turn.degradedBy,
    confidence: confidenceIn(wanted, chosen.route),
    margin: classification?.margin ?? null,
    threshold,
    scores: classification?.scores ?? [],
    neighbours: classification?.neighbours ?? [],
    recipe: wanted.recipe,
    inherited,
    classification,
    wordLogits: turn.wordLogits ?? null,
    indexGeneration: turn.generation?.number ?? null,
    arm: turn.generation && parts.arm,
    encoderId: turn.generation?.manifest.encoderId ?? null,
    configVersion: parts.configVersion,
    timings: parts.timings,
    principal: asked.principal.id,
    userDigest: asked.userDigest,
    skipped: chosen.skipped,
    selection: chosen.selection,
  }
}
