// THE FLOW: the way of a prompt, each statement a call into the module of the same name.
import type { ChosenArm } from './arms/choose-arm.ts'
import type { Config } from './config/config-schema.ts'
import { sessionKey } from './core/conversation/session-key.ts'
import { decideTurn, routePolicy } from './core/decide/decide-turn.ts'
import { LOCAL_PRINCIPAL, type Principal } from './core/decide/gateway-key.ts'
import { requirePermitted } from './core/decide/permitted.ts'
import { parseRequestedModel } from './core/decide/requested-model.ts'
import type { PromptMessage } from './core/prompt/prompt.ts'
import type { Completion, Decision } from './core/types.ts'
import type { ChatBody, NativeBody } from './dialects/chat/upstream-request.ts'
import { createChooseModels } from './routing/choose-models.ts'
import type { Classify } from './routing/classify.ts'
import { createClassifyConversation } from './routing/classify-conversation.ts'
import type { RecordCompletion } from './routing/record-completion.ts'
import { createSessionMemory, type SessionMemory } from './routing/session-memory.ts'
import { createStopwatch } from './routing/stopwatch.ts'
import type { Store } from './store/store.ts'
import type { CallResult, CallUpstream } from './upstream/call.ts'

export interface RouteRequest {
  requestId: string
  /** `auto`, `route:NAME` or a model id. */
  model: string
  messages: PromptMessage[]
  sessionId: string | null
  /** Who asks, where the caller says so: tells equal sessions of different people apart. */
  user?: string | null
  /** Whose key it came with: what it may use, and whose the decision is. By default, `local`. */
  principal?: Principal
  signal: AbortSignal
}

export interface ChatRequest extends RouteRequest {
  body: ChatBody
  /** The caller's own body where that is not OpenAI chat. */
  native?: NativeBody
  /** Value of the header x-router-fail-targets. */
  failTargets?: string
  /** Value of the header cache-control. */
  cacheControl?: string
  /** Told once what became of it. Not called where `chat` throws. */
  onComplete?: (completion: Completion) => void
}

export interface Pipeline {
  /**
   * The decision alone, recorded as a dry run.
   * @throws RouterError `model_not_found`, `route_not_found`, `permission_denied`; `invalid_request` where no model can
   * serve what is asked for
   */
  route(request: RouteRequest): Promise<Decision>
  /** Decides, calls upstream, records what became of it. Throws only what `route` throws. */
  chat(request: ChatRequest): Promise<{ decision: Decision; result: CallResult }>
}

export interface PipelineDeps {
  /** Which generation decides for a conversation; by default the one that serves. `key` names the conversation. */
  chooseArm?: (key: () => string) => ChosenArm
  /** Told of each decision once its answer is under way, with the configuration that it was made under. */
  onAnswered?: (decision: Decision, config: Config) => void
  config: Config
  configVersion: string
  classify: Classify
  callUpstream: CallUpstream
  store: Pick<Store, 'recordDecision'>
  recordCompletion: RecordCompletion
  onDecision: (decision: Decision) => void
  /** Told of each chat's decision before its call: what a turn says about the one before. */
  onTurn?: (request: RouteRequest, decision: Decision) => void
  digest: (text: string) => string
  newId: () => string
  now: () => number
  /** Outlives a reload of the configuration; one of its own by default. */
  sessions?: SessionMemory
}

/** Users of different keys are different people, whatever their names. */
const askedBy = <R extends RouteRequest>(
  request: R,
  { user, digest }: { user: string | null; digest: (text: string) => string },
): R & { userDigest: string | null } => {
  const { id } = request.principal ?? LOCAL_PRINCIPAL
  return {
    ...request,
    user: id === LOCAL_PRINCIPAL.id ? user : JSON.stringify([id, user]),
    userDigest: user ? digest(user) : null,
  }
}

/** OpenAI's `user`: who asks, as the caller's application names them. */
const userOf = ({ user }: ChatBody & { user?: unknown }): string | null =>
  typeof user === 'string' ? user : null

export const createPipeline = (deps: PipelineDeps): Pipeline => {
  const { config, store } = deps
  const known = { routes: Object.keys(config.routes), models: Object.keys(config.models) }
  const chooseModels = createChooseModels(config)
  const { chooseArm = () => ({ arm: 'serving', generation: null }) } = deps
  const { digest, now } = deps
  const { sessions = createSessionMemory({ config: config.conversation, digest, now }) } = deps
  const classifyConversation = createClassifyConversation({ ...deps, sessions })

  const decideRequest = async (
    request: RouteRequest & { body?: ChatBody; userDigest: string | null },
  ) => {
    const stopwatch = createStopwatch()
    const createdAtMs = deps.now()
    const { principal = LOCAL_PRINCIPAL } = request
    const requested = parseRequestedModel(request.model, known)
    requirePermitted(principal, requested)
    const { sessionId, user = null } = request
    const chosen = chooseArm(() =>
      sessionKey({ sessionId, user, messages: request.messages }, digest),
    )
    const asked = { ...request, requested }
    const classified = await classifyConversation(asked, chosen.generation, stopwatch)
    const { generation, degradedBy } = classified
    const turn = decideTurn(classified, routePolicy(config, generation?.classifier ?? null))
    const { classification, inherited, threshold } = turn
    const { model, messages, body = { model, messages } } = request
    const { routeReason, skipped, chain, ...choice } = chooseModels(turn, {
      requested,
      principal,
      body,
    })
    const decision: Decision = {
      ...{ route: choice.route, model: choice.model, reason: choice.reason, threshold },
      id: deps.newId(),
      createdAtMs,
      requestId: request.requestId,
      sessionId: request.sessionId,
      requestedModel: request.model,
      routingText: classified.text,
      embedding: classified.embedding,
      degradedBy,
      confidence: classification?.confidence ?? null,
      margin: classification?.margin ?? null,
      scores: classification?.scores ?? [],
      neighbours: classification?.neighbours ?? [],
      inherited,
      classification,
      wordLogits: classified.wordLogits ?? null,
      indexGeneration: generation?.number ?? null,
      arm: generation && chosen.arm,
      encoderId: generation?.manifest.encoderId ?? null,
      configVersion: deps.configVersion,
      timings: stopwatch.timings(),
      principal: principal.id,
      userDigest: request.userDigest,
      ...(skipped.length > 0 && { skipped }),
    }
    deps.onDecision(decision)
    // A stand-in model says nothing about the route: the conversation goes on from what was decided without it.
    return { decision, chain, remembered: { ...decision, reason: routeReason } }
  }

  return {
    route: async (request) => {
      const { decision } = await decideRequest(
        askedBy(request, { user: request.user ?? null, digest: deps.digest }),
      )
      store.recordDecision(decision, 'dry_run')
      deps.onAnswered?.(decision, config)
      return decision
    },
    chat: async (request) => {
      const user = request.user ?? userOf(request.body)
      const asked = askedBy(request, { user, digest: deps.digest })
      const { decision, chain, remembered } = await decideRequest(asked)
      sessions.remember(asked, remembered)
      store.recordDecision(decision, 'pending')
      deps.onTurn?.(asked, decision)
      const result = await deps.callUpstream({ ...request, decision, chain })
      deps.recordCompletion(decision, result, request.onComplete)
      deps.onAnswered?.(decision, config)
      return { decision, result }
    },
  }
}
