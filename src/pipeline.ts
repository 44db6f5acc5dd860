// THE FLOW of a prompt: each statement is a call into the module of the same name.
import { type ChosenArm, servingArm } from './arms/choose-arm.ts'
import type { Config } from './config/config-schema.ts'
import { areWordsTaken, createRoutePolicies, decideTurn } from './core/decide/decide-turn.ts'
import type { Decision } from './core/types.ts'
import { createChooseModels } from './routing/choose-models.ts'
import type { Classify } from './routing/classify.ts'
import { createClassifyConversation } from './routing/classify-conversation.ts'
import { createModelMemory, type ModelMemory } from './routing/model-memory.ts'
import type { RecordCompletion } from './routing/record-completion.ts'
import type { ChatRequest, RouteRequest } from './routing/request.ts'
import type { SelectFacts } from './routing/select-facts.ts'
import { createSessionMemory, type SessionMemory } from './routing/session-memory.ts'
import { createStopwatch } from './routing/stopwatch.ts'
import { toDecision } from './routing/to-decision.ts'
import { createWhoAsks } from './routing/who-asks.ts'
import type { Store } from './store/store.ts'
import type { CallResult, CallUpstream } from './upstream/call/call.ts'

export interface Pipeline {
  /** Decides as a dry run. @throws RouterError `model_not_found`, `route_not_found`, `permission_denied`, `invalid_request` */
  route(request: RouteRequest): Promise<Decision>
  /** Decides, calls upstream and records the completion. Throws only what `route` throws. */
  chat(request: ChatRequest): Promise<{ decision: Decision; result: CallResult }>
}

export interface PipelineDeps {
  config: Config
  configVersion: string
  classify: Classify
  callUpstream: CallUpstream
  store: Pick<Store, 'recordDecision'>
  recordCompletion: RecordCompletion
  onDecision: (decision: Decision) => void
  /** `onTurn`: called with each chat's decision before the upstream call; `onAnswered`: once the answer has begun. */
  onTurn?: (request: RouteRequest, decision: Decision) => void
  onAnswered?: (decision: Decision, config: Config) => void
  /** The generation that decides for a conversation, by its key; by default the serving one. */
  chooseArm?: (key: () => string) => ChosenArm
  digest: (text: string) => string
  newId: () => string
  now: () => number
  /** Memories that survive a reload of the configuration; new ones by default. */
  sessions?: SessionMemory
  models?: ModelMemory
  facts?: SelectFacts
}

const createDecideRequest = (deps: PipelineDeps, sessions: SessionMemory, models: ModelMemory) => {
  const { config, configVersion, now, chooseArm = servingArm } = deps
  const whoAsks = createWhoAsks(config, deps.digest)
  const policyOf = createRoutePolicies(config)
  const classifyConversation = createClassifyConversation({
    ...{ ...deps, sessions },
    areWordsTaken: (byWords, { classifier }) => areWordsTaken(byWords, policyOf(classifier)),
  })
  const known = { random: Math.random, ...models.facts, ...deps.facts }
  const chooseModels = createChooseModels(config, known)
  return async (request: RouteRequest & Partial<ChatRequest>) => {
    const createdAtMs = now()
    const stopwatch = createStopwatch()
    const asked = whoAsks(request)
    const { arm, generation } = chooseArm(asked.conversation)
    const turn = await classifyConversation(asked, generation, stopwatch)
    const wanted = decideTurn(turn, policyOf(turn.generation?.classifier ?? null))
    const chosen = chooseModels(wanted, { prompt: turn, ...asked })
    const parts = { asked, arm, turn, wanted, chosen, configVersion, timings: stopwatch.timings() }
    const decision = toDecision({ id: deps.newId(), createdAtMs, ...parts })
    deps.onDecision(decision)
    return { asked, chosen, decision }
  }
}

export const createPipeline = (deps: PipelineDeps): Pipeline => {
  const { config, store, digest, now } = deps
  const { sessions = createSessionMemory({ config: config.conversation, digest, now }) } = deps
  const { models = createModelMemory({ config: config.conversation, now }) } = deps
  const decideRequest = createDecideRequest(deps, sessions, models)
  return {
    route: async (request) => {
      const { decision } = await decideRequest(request)
      store.recordDecision(decision, 'dry_run')
      deps.onAnswered?.(decision, config)
      return decision
    },
    chat: async (request) => {
      const { asked, chosen, decision } = await decideRequest(request)
      // The constraint is about the model, not the route: the conversation continues from the unconstrained decision.
      sessions.remember(asked, { ...decision, reason: chosen.routeReason })
      store.recordDecision(decision, 'pending')
      await request.takeTurn?.()
      deps.onTurn?.(asked, decision)
      const result = await deps.callUpstream({ decision, chain: chosen.chain, ...request })
      const onComplete = models.watch(asked, { decision, result }, request.onComplete)
      deps.recordCompletion(decision, result, onComplete)
      deps.onAnswered?.(decision, config)
      return { decision, result }
    },
  }
}
