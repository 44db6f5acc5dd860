// What spans say, as attributes. Names of the GenAI conventions are those of v0.1.0 of their repository (`latest`) and of
// 1.36 of the general one (`older`); `signalbox.` stands before what is our own. Nothing that a caller may write freely is
// among them: no session, no user, no asked-for model, and the routing text only where the configuration says so.
import type { Attributes } from '@opentelemetry/api'
import type { TracedCall } from '../../core/trace.ts'
import type { Completion, Decision, Usage } from '../../core/types.ts'
import type { Semconv } from './settings.ts'

/** Of providers that the older names call otherwise. */
const OLDER_SYSTEMS: Record<string, string> = { x_ai: 'xai' }

export const attemptAttributes = (
  { operation, provider, model, upstreamName, isStream }: TracedCall,
  { system, semconv }: { system: string; semconv: Semconv },
): Attributes => ({
  'gen_ai.operation.name': operation,
  'gen_ai.request.model': upstreamName,
  ...(semconv !== 'older' && { 'gen_ai.provider.name': system }),
  ...(semconv !== 'older' && isStream && { 'gen_ai.request.stream': true }),
  ...(semconv !== 'latest' && { 'gen_ai.system': OLDER_SYSTEMS[system] ?? system }),
  'signalbox.provider': provider,
  'signalbox.model': model,
})

export const usageAttributes = (usage: Usage, semconv: Semconv): Attributes => {
  const { cachedPromptTokens, cacheWriteTokens, servedBy } = usage
  const isLatest = semconv !== 'older'
  return {
    'gen_ai.usage.input_tokens': usage.promptTokens,
    'gen_ai.usage.output_tokens': usage.completionTokens,
    ...(isLatest &&
      cachedPromptTokens !== undefined && {
        'gen_ai.usage.cache_read.input_tokens': cachedPromptTokens,
      }),
    ...(isLatest &&
      cacheWriteTokens !== undefined && {
        'gen_ai.usage.cache_write.input_tokens': cacheWriteTokens,
      }),
    ...(servedBy !== undefined && { 'gen_ai.response.model': servedBy }),
    ...(usage.isEstimated && { 'signalbox.usage.estimated': true }),
  }
}

const selectionAttributes = ({ selection, model }: Decision): Attributes => {
  if (!selection) return {}
  const chosen = selection.candidates.find((candidate) => candidate.model === model)
  return {
    'signalbox.policy': selection.policy,
    ...(chosen && { 'signalbox.propensity': chosen.propensity }),
  }
}

export const routeAttributes = (decision: Decision, hasRoutingText: boolean): Attributes => ({
  'signalbox.decision.id': decision.id,
  'signalbox.route': decision.route,
  'signalbox.reason': decision.reason,
  'signalbox.model': decision.model,
  ...(decision.confidence !== null && { 'signalbox.confidence': decision.confidence }),
  ...(decision.degradedBy !== null && { 'signalbox.degraded_by': decision.degradedBy }),
  ...(decision.indexGeneration !== null && {
    'signalbox.index.generation': decision.indexGeneration,
  }),
  ...(decision.arm !== null && { 'signalbox.arm': decision.arm }),
  ...selectionAttributes(decision),
  ...(hasRoutingText && { 'signalbox.routing_text': decision.routingText.text }),
})

/** What became of the request as a whole: tokens stand on attempts alone, so that sums over spans are right. */
export const completionAttributes = (completion: Completion): Attributes => ({
  'signalbox.outcome': completion.outcome,
  'signalbox.attempts': completion.attempts.length,
  ...(completion.costUsd !== null && { 'signalbox.cost_usd': completion.costUsd }),
  ...(completion.cache && { 'signalbox.cache': completion.cache }),
})
