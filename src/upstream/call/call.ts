// Decision → answer, as a value: attempts along the chain of targets (resilience/), under one deadline. Never throws, so
// that every decision gets its completion recorded.

import { hasRole, LOCAL_PRINCIPAL, type Principal } from '../../core/decide/gateway-key.ts'
import type { RequestTrace } from '../../core/trace.ts'
import type { Attempt, Decision } from '../../core/types.ts'
import type { ChatBody, NativeBody, UpstreamTarget } from '../../dialects/chat/upstream-request.ts'
import { type RouterError, toRouterError } from '../../errors.ts'
import type { EndSignal } from '../../jobs/end-signal.ts'
import type { Chain } from '../resilience/chain.ts'
import { readForcedFailures } from '../resilience/forced-failures.ts'
import { promptTokensOf } from '../resilience/prompt-tokens.ts'
import type { Resilience } from '../resilience/resilience.ts'
import { tryTargets } from '../resilience/try-targets.ts'
import { createWalk, type Walk } from '../resilience/walk.ts'
import { type Deadline, startDeadline } from '../timing/deadline.ts'
import { createWaitClock, type WaitClock } from '../timing/wait-clock.ts'
import type { Upstream, UpstreamReply } from '../upstream.ts'
import { fallbackCause } from './fallback-cause.ts'

export interface CallRequest {
  decision: Pick<Decision, 'model' | 'route'> & Partial<Decision>
  /** Models that may serve, in order. */
  chain: Chain
  body: ChatBody
  native?: NativeBody
  requestId: string
  signal: EndSignal
  /** Headers of the caller that a provider's `forward_headers` may name. */
  callerHeaders?: Record<string, string>
  /** The caller: only an admin may force failures. */
  principal?: Pick<Principal, 'roles'>
  /** Value of the header x-router-fail-targets. */
  failTargets?: string
  /** Value of the header cache-control. */
  cacheControl?: string
  /** Absent where the request is not traced. */
  trace?: RequestTrace
}

/** The answer cache's part in a result; `kind` for hits. */
export interface CacheNote {
  /** `bypass`: the cache was not used. `miss`: it had no answer. */
  status: 'hit' | 'miss' | 'bypass'
  kind?: 'exact' | 'semantic'
}

/**
 * `attempts`: every call, in order; none for an answer from the cache. `waitedMs`: time spent waiting in queues and before retries.
 */
export type CallResult = {
  attempts: Attempt[]
  waitedMs?: number
  cache?: CacheNote
  /** Why a model other than the decision's was called; null or absent where none was. */
  fallbackCause?: string | null
} & ({ kind: 'reply'; reply: UpstreamReply } | { kind: 'error'; error: RouterError })

export type CallUpstream = (request: CallRequest) => Promise<CallResult>

export interface CallUpstreamOptions {
  /** By provider name. */
  upstreams: Record<string, Upstream>
  /** By configured model id. */
  targets: Record<string, UpstreamTarget>
  resilience: Resilience
  /** Milliseconds since the epoch. */
  now: () => number
}

export const createCallUpstream = (options: CallUpstreamOptions): CallUpstream => {
  const { now, resilience } = options
  return async (request) => {
    const attempts: Attempt[] = []
    const waits = createWaitClock(now)
    const leave = resilience.budget.enter()
    const facts = () => ({
      attempts,
      waitedMs: waits.totalMs,
      fallbackCause: fallbackCause(request.decision.model, attempts, resilience.targetHealth),
    })
    try {
      const reply = await callChain({ request, attempts, waits, ...options })
      return { kind: 'reply', reply, ...facts() }
    } catch (error) {
      return { kind: 'error', error: toRouterError(error), ...facts() }
    } finally {
      leave()
    }
  }
}

interface Context extends CallUpstreamOptions {
  request: CallRequest
  attempts: Attempt[]
  waits: WaitClock
}

/** The chain with the models that support every parameter in front, where the configuration asks for that. */
const capableFirst = ({ request, resilience, targets, upstreams }: Context): Chain => {
  const { chain, body, native } = request
  if (resilience.config.resilience.unsupported_params !== 'next_model') return chain
  const isCapable = (model: string): boolean => {
    const target = targets[model]
    const losses = target && upstreams[target.provider]?.losses
    if (!target || !losses) return true
    const { lost, refused } = losses({ body, target, ...(native && { native }) })
    return lost.length === 0 && refused.length === 0
  }
  const capable = chain.models.filter(isCapable)
  return {
    ...chain,
    models: [...capable, ...chain.models.filter((model) => !capable.includes(model))],
  }
}

/** The request without the forced failures, and the targets that must fail. */
const forcedOf = ({ request, resilience }: Context) => {
  const { body, native, targets } = readForcedFailures(request, {
    isAllowed: resilience.allowsForcedFailures,
    isAdmin: hasRole(request.principal ?? LOCAL_PRINCIPAL, 'admin'),
  })
  const fields = {
    body,
    route: request.decision.route,
    requestId: request.requestId,
    unsupportedParams: resilience.config.resilience.unsupported_params,
    ...(native && { native }),
    ...(request.callerHeaders && { callerHeaders: request.callerHeaders }),
    ...(request.trace && { trace: request.trace }),
  }
  return { fields, failTargets: targets }
}

const walkOf = (context: Context, promptTokens: () => number): Walk => {
  const { resilience, targets } = context
  return createWalk({
    chain: capableFirst(context),
    targetOf: (model) => ({
      model,
      provider: targets[model]?.provider ?? '',
      health: resilience.targetHealth(model),
    }),
    promptTokens,
  })
}

/** @throws RouterError for the caller, where no target has served */
const callChain = async (context: Context): Promise<UpstreamReply> => {
  const { request, resilience, upstreams, targets, attempts, waits, now } = context
  const { fields, failTargets } = forcedOf(context)
  const promptTokens = promptTokensOf(request.body)
  const walk = walkOf(context, promptTokens)
  const deadline = startDeadline({
    callerSignal: request.signal,
    totalMs: resilience.config.resilience.total_timeout_ms,
    monotonicMs: resilience.monotonicMs,
  })
  return underDeadline(deadline, () =>
    tryTargets({
      walk,
      deadline,
      isBuffered: request.chain.isBuffered,
      promptTokens,
      failTargets,
      callerSignal: request.signal,
      request: fields,
      upstreams,
      targets,
      resilience,
      attempts,
      waits,
      now,
    }),
  )
}

/** The deadline covers a stream up to its last byte, and other answers up to the end of the call. */
const underDeadline = async (
  deadline: Deadline,
  work: () => Promise<UpstreamReply>,
): Promise<UpstreamReply> => {
  try {
    deadline.signal.throwIfAborted()
    const reply = await work()
    if (reply.kind === 'stream') void (reply.ending ?? reply.end).then(deadline.release)
    else deadline.release()
    return reply
  } catch (error) {
    deadline.release()
    throw error
  }
}
