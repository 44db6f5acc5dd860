// The fields of a request's log line. Free text of the caller (prompts, keys, unmatched paths) and answers are never logged, except
// the routing text where `telemetry.log_prompts` is set.
import { LOCAL_PRINCIPAL } from '../../core/decide/gateway-key.ts'
import type { Completion } from '../../core/types.ts'
import { RouterError } from '../../errors.ts'
import type { AppContext, Routed } from '../request/app-env.ts'

type Facts = Record<string, unknown>

/** Code of the error that the request ended with, null for an answer. */
export const errorCodeOf = ({ error }: AppContext): string | null => {
  if (!error) return null
  return error instanceof RouterError ? error.code : 'internal'
}

/** Details of an unexpected error; for others the code is enough. */
export const errorFacts = (c: AppContext): Facts => {
  const { error } = c
  const errorCode = errorCodeOf(c)
  if (!error || errorCode === null) return {}
  if (errorCode !== 'internal') return { errorCode }
  return { errorCode, err: error instanceof RouterError ? (error.cause ?? error) : error }
}

/** The key's public id. */
export const keyFacts = (c: AppContext): Facts => {
  const principal = c.get('principal')
  return !principal || principal.id === LOCAL_PRINCIPAL.id ? {} : { keyId: principal.id }
}

/** Only the applied rule, not the caller's name. */
export const namedFacts = (c: AppContext): Facts => {
  const rule = c.get('named')?.rule ?? null
  return rule === null ? {} : { alias: rule }
}

const rounded = (ms: number): number => Number(ms.toFixed(2))

const decisionFacts = ({ decision }: Routed): Facts => ({
  decisionId: decision.id,
  route: decision.route,
  reason: decision.reason,
  ...(decision.degradedBy === null ? {} : { degradedBy: decision.degradedBy }),
  ...(decision.skipped.length > 0
    ? { skipped: decision.skipped.map(({ model, constraint }) => `${model}: ${constraint}`) }
    : {}),
})

const callFacts = (routed: Routed): Facts => {
  const { decision, attempts, overheadMs, upstreamMs, cache, completion } = routed
  if (!completion) return { model: decision.model, overheadMs: rounded(overheadMs) } // a dry run
  const last = attempts.at(-1)
  const model = last?.model ?? decision.model
  return {
    model,
    ...(last ? { provider: last.provider } : {}),
    attempts: attempts.length,
    fallback: model !== decision.model,
    ...(routed.fallbackCause ? { fallbackCause: routed.fallbackCause } : {}),
    cache: cache?.status ?? 'bypass',
    overheadMs: rounded(overheadMs),
    upstreamMs: rounded(upstreamMs),
  }
}

/** `costUsd` null: unknown. Tokens of a cached answer were logged when it was made, and are left out. */
const completionFacts = ({ outcome, usage, costUsd, firstTokenMs, cache }: Completion): Facts => ({
  outcome,
  ...(usage && !cache
    ? {
        promptTokens: usage.promptTokens,
        completionTokens: usage.completionTokens,
        ...(usage.isEstimated ? { tokensEstimated: true } : {}),
      }
    : {}),
  ...(outcome === 'failed' ? {} : { costUsd }),
  ...(firstTokenMs === null ? {} : { firstTokenMs: rounded(firstTokenMs) }),
})

export interface RoutedLine {
  routed: Routed | undefined
  /** Null where no provider was called. */
  completion: Completion | null
  logPrompts: boolean
}

/** Fields of a routed request; none for others. */
export const routedFacts = ({ routed, completion, logPrompts }: RoutedLine): Facts => {
  if (!routed) return {}
  return Object.assign(
    decisionFacts(routed),
    callFacts(routed),
    completion && completionFacts(completion),
    logPrompts && { prompt: routed.decision.routingText.text },
  )
}
