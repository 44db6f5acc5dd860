// Last step of the pipeline: writes a decision's completion to the store; for streams after the last byte.

import { costUsd } from '../core/decide/cost.ts'
import type { Completion, Decision } from '../core/types.ts'
import type { UpstreamTarget } from '../dialects/chat/upstream-request.ts'
import type { Store } from '../store/store.ts'
import type { CallResult } from '../upstream/call/call.ts'
import { answerFlaw } from '../upstream/resilience/answer-flaw.ts'

export type RecordCompletion = (
  decision: Decision,
  result: CallResult,
  /** Called once with the completion. */
  onComplete?: (completion: Completion) => void,
) => void

export interface RecordCompletionDeps {
  store: Pick<Store, 'completeDecision'>
  targets: Record<string, UpstreamTarget>
  now: () => number
  onCompletion: (decision: Decision, completion: Completion) => void
}

export const createRecordCompletion = (deps: RecordCompletionDeps): RecordCompletion => {
  const complete = (
    decision: Decision,
    result: CallResult,
    end: Pick<Completion, 'outcome' | 'usage' | 'firstTokenMs' | 'flaw'>,
  ): Completion => {
    const model = result.attempts.at(-1)?.model ?? decision.model
    const price = deps.targets[model]?.price
    const cache = result.cache?.kind
    const completion: Completion = {
      model,
      attempts: result.attempts,
      costUsd: cache ? 0 : end.usage && price ? costUsd(end.usage, price) : null,
      ...(cache && { cache }),
      totalMs: deps.now() - decision.createdAtMs,
      ...end,
    }
    deps.store.completeDecision(decision.id, completion)
    deps.onCompletion(decision, completion)
    return completion
  }
  return (decision, result, onComplete = () => {}) => {
    const firstTokenMs = result.kind === 'reply' ? deps.now() - decision.createdAtMs : null
    if (result.kind === 'error') {
      const outcome = result.error.code === 'client_closed' ? 'client_closed' : 'failed'
      return onComplete(complete(decision, result, { outcome, usage: null, firstTokenMs }))
    }
    if (result.reply.kind === 'json') {
      const { usage } = result.reply
      const flaw = answerFlaw(result.reply)
      const end = { outcome: 'served' as const, usage, firstTokenMs, ...(flaw && { flaw }) }
      return onComplete(complete(decision, result, end))
    }
    void result.reply.end.then(({ errorCode, ...end }) => {
      const last = result.attempts.at(-1)
      if (last && errorCode) last.errorCode = errorCode
      onComplete(complete(decision, result, { ...end, firstTokenMs }))
    })
  }
}
