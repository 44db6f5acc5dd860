// A stored decision made again: the statements of pipeline.ts from the classification on, each by the module that serves,
// with what was kept in the place of what came with the request.
import { principalOf } from '../access/principal-of.ts'
import type { Config } from '../config/config-schema.ts'
import type { WordLogits } from '../core/classifier/classifier.ts'
import { type Blendable, blendClassifications } from '../core/conversation/conversation.ts'
import { decide, effectiveThresholds } from '../core/decide/decide.ts'
import { type GatewayKey, LOCAL_PRINCIPAL } from '../core/decide/gateway-key.ts'
import { mayUseModel, permittedChoice } from '../core/decide/permitted.ts'
import { parseRequestedModel, type RequestedModel } from '../core/decide/requested-model.ts'
import type { Classification, Inheritance, Neighbour } from '../core/types.ts'
import { searchNeighbours } from '../routing/classify.ts'
import { constrainAgain } from '../routing/constrain.ts'
import type { StoredDecision } from '../store/store.ts'
import type { OpenGeneration } from './kept-generations.ts'
import type { RemadeDecision } from './receipt.ts'

export interface RemakeInput {
  decision: StoredDecision
  config: Config
  /** Null where the decision names none. */
  opened: OpenGeneration | null
  /** Of the key that asked, as it is now; null where nobody's is known. */
  key: GatewayKey | null
  /** Null where the turn had nothing to classify, or was not classified. */
  turn: { text: string; embedding: Float32Array; wordLogits: WordLogits } | null
}

export interface Remade extends RemadeDecision {
  neighbours: Neighbour[]
  classification: Classification | null
  /** The turn by itself. */
  own: Classification | null
}

const classifyTurn = ({ config, opened, turn }: RemakeInput): Classification | null => {
  if (!opened || !turn) return null
  const found = searchNeighbours(opened.generation, turn.embedding, config.index.neighbours)
  return opened.classifier.classify({ ...turn, ...found })
}

/** Above which no route was taken, of a turn that had nothing of its own. */
const earlierLimit = (inherited: Inheritance, opened: OpenGeneration | null): number => {
  const recorded = inherited.noveltyLimit
  if (recorded !== undefined) return recorded ?? Number.POSITIVE_INFINITY
  return opened?.generation.classifier.parameters.noveltyLimit ?? Number.POSITIVE_INFINITY
}

/** The turn's classification with the recorded one of the earlier turn in it. */
const inherit = (
  own: Classification | null,
  inherited: Inheritance,
  opened: OpenGeneration | null,
): Classification | null => {
  if (inherited.source === 'tool_loop') return own
  const earlier: Blendable = {
    ...inherited.earlier,
    noveltyLimit: earlierLimit(inherited, opened),
  }
  return blendClassifications(own, earlier, inherited.weight)
}

const modelsOf = ({ routes }: Config): Record<string, string[]> =>
  Object.fromEntries(Object.entries(routes).map(([route, { models }]) => [route, models]))

export const requestedOf = ({ requestedModel }: StoredDecision, config: Config): RequestedModel =>
  parseRequestedModel(requestedModel, {
    routes: Object.keys(config.routes),
    models: Object.keys(config.models),
  })

/** @throws RouterError of a step, where the settings do not fit what was asked for */
export const remake = (input: RemakeInput): Remade => {
  const { decision, config, opened, key } = input
  const requested = requestedOf(decision, config)
  const own = classifyTurn(input)
  const { inherited = null } = decision
  const classification = inherited ? inherit(own, inherited, opened) : own
  const models = modelsOf(config)
  const ofOwn = own && { confidence: own.confidence, novelty: own.novelty, scores: own.scores }
  const taste = decide({
    requested,
    classification,
    degradedBy: decision.degradedBy,
    thresholds: effectiveThresholds(config.routes, opened?.generation.classifier.thresholds ?? {}),
    defaultRoute: config.default_route,
    models,
    inherited: inherited && { ...inherited, own: ofOwn },
  })
  const principal = key ? principalOf(key, config) : LOCAL_PRINCIPAL
  const limits = { principal, requested, models, defaultRoute: config.default_route }
  const permitted = permittedChoice(taste, limits)
  const choice = constrainAgain(config, permitted, {
    requestedModel: decision.requestedModel,
    skipped: decision.skipped ?? [],
    isPermitted: (model) => mayUseModel(principal, model),
  })
  return {
    ...choice,
    confidence: classification?.confidence ?? null,
    margin: classification?.margin ?? null,
    scores: classification?.scores ?? [],
    neighbours: classification?.neighbours ?? [],
    classification,
    own,
  }
}
