// A stored decision made again: the statements of pipeline.ts from the classification on, each by the module that serves,
// with what was kept in the place of what came with the request.
import { principalOf } from '../access/principal-of.ts'
import type { Config } from '../config/config-schema.ts'
import type { WordLogits } from '../core/classifier/classifier.ts'
import { confidenceIn, decideTurn, routePolicy } from '../core/decide/decide-turn.ts'
import { type GatewayKey, LOCAL_PRINCIPAL } from '../core/decide/gateway-key.ts'
import { parseRequestedModel, type RequestedModel } from '../core/decide/requested-model.ts'
import type { StoredDecision } from '../core/records/stored-decision.ts'
import type { Selection } from '../core/select/selection.ts'
import type { Classification, Neighbour } from '../core/types.ts'
import { createChooseModels } from '../routing/choose-models.ts'
import { searchNeighbours } from '../routing/classify.ts'
import type { OpenGeneration } from './kept-generations.ts'
import type { RemadeDecision } from './receipt.ts'

export interface RemakeInput {
  decision: StoredDecision
  config: Config
  /** Null where the decision names none. */
  opened: OpenGeneration | null
  /** Of the key that asked, as it is now; null where nobody's is known. */
  key: GatewayKey | null
  /** Null where the turn had nothing to classify, or was not classified; without an embedding, by its words. */
  turn: { text: string; embedding: Float32Array | null; wordLogits: WordLogits } | null
}

export interface Remade extends RemadeDecision {
  neighbours: Neighbour[]
  classification: Classification | null
  /** The turn by itself. */
  own: Classification | null
  selection: Selection | null
}

const classifyTurn = ({ config, opened, turn }: RemakeInput): Classification | null => {
  if (!opened || !turn) return null
  const { text, embedding, wordLogits } = turn
  if (embedding === null) return opened.classifier.classifyWords(wordLogits)
  const found = searchNeighbours(opened.generation, embedding, config.index.neighbours)
  return opened.classifier.classify({ text, embedding, wordLogits, ...found })
}

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
  const { inherited, degradedBy } = decision
  const policy = routePolicy(config, opened?.generation.classifier ?? null, decision.recipe)
  const turn = decideTurn({ requested, own, inherited, degradedBy }, policy)
  const { route, model, reason, selection } = createChooseModels(config)(turn, {
    requested,
    principal: key ? principalOf(key, config) : LOCAL_PRINCIPAL,
    body: { model: decision.requestedModel, messages: [] },
    passedOver: decision.skipped,
    past: decision.selection,
    prompt: {
      generation: opened?.generation ?? null,
      embedding: decision.embedding,
      text: decision.routingText,
    },
  })
  const { classification, threshold } = turn
  return {
    ...{ route, model, reason, threshold },
    confidence: confidenceIn(turn, route),
    margin: classification?.margin ?? null,
    scores: classification?.scores ?? [],
    neighbours: classification?.neighbours ?? [],
    classification,
    own,
    selection,
  }
}
