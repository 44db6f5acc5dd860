// Reports how a relayed stream ended: outcome, tokens (estimated where the provider gives none) and error code.

import type { Logger } from '../../core/logger.ts'
import type { Usage } from '../../core/types.ts'
import type { RouterError } from '../../errors.ts'
import { createDeferred } from '../../jobs/deferred.ts'
import type { StreamEnd, StreamEnding } from '../upstream.ts'
import type { AnswerStream } from './answer-stream.ts'
import { type Asked, estimateUsage } from './usage.ts'

export interface EndContext {
  answer: Pick<AnswerStream, 'usage' | 'sample' | 'progress'>
  /** The caller's request, to count its tokens where the provider gives no usage. */
  asked: Asked
  logger: Logger
  /** Identifies the call in log lines. */
  logFields: Record<string, unknown>
}

/** Reports how a stream ended, once. */
export interface EndReport {
  /** @param failure null for a complete answer */
  send(failure: RouterError | null): void
  readonly isSent: boolean
  readonly end: Promise<StreamEnd>
  /** Known at once, while `end` may wait until tokens are counted. */
  readonly ending: Promise<StreamEnding>
}

export const createEndReport = (context: EndContext): EndReport => {
  const end = createDeferred<StreamEnd>()
  const ending = createDeferred<StreamEnding>()
  let isSent = false
  return {
    send: (failure) => {
      isSent = true
      const how = describeEnding(context, failure)
      ending.resolve(how)
      end.resolve(withUsage(context, how))
    },
    get isSent() {
      return isSent
    },
    end: end.promise,
    ending: ending.promise,
  }
}

/** `failure` null: a complete answer. An interrupted one is logged. */
const describeEnding = (
  { answer, logger, logFields }: EndContext,
  failure: RouterError | null,
): StreamEnding => {
  const errorCode = failure?.code ?? null
  const outcome = outcomeOf(failure)
  if (outcome === 'interrupted') logger.warn({ ...logFields, errorCode }, 'stream interrupted')
  const { flaw } = answer.progress
  return { outcome, errorCode, ...(flaw && { flaw }) }
}

/** Never rejects: tokens that cannot be counted are null, with a log line. */
const withUsage = async (context: EndContext, ending: StreamEnding): Promise<StreamEnd> => {
  const { usage } = context.answer
  if (usage !== null && ending.outcome === 'served') return { ...ending, usage }
  const counted = await estimate(context)
  return { ...ending, usage: usage === null ? counted : withProduced(usage, counted) }
}

/** Usage of an interrupted answer: the provider's initial figures, plus a count of the text so far. */
const withProduced = (reported: Usage, counted: Usage | null): Usage => {
  const produced = counted?.completionTokens ?? 0
  if (produced <= reported.completionTokens) return reported
  return { ...reported, completionTokens: produced, isEstimated: true }
}

const outcomeOf = (failure: RouterError | null): StreamEnd['outcome'] => {
  if (failure === null) return 'served'
  return failure.code === 'client_closed' ? 'client_closed' : 'interrupted'
}

const estimate = async (context: EndContext): Promise<Usage | null> => {
  try {
    return await estimateUsage(context.asked, context.answer.sample)
  } catch (error) {
    context.logger.error({ ...context.logFields, err: error }, 'tokens could not be counted')
    return null
  }
}
