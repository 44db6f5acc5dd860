// How a relayed stream ended, for the log: outcome, tokens (counted by us where the provider did not) and error code.

import type { Logger } from '../../core/logger.ts'
import type { Usage } from '../../core/types.ts'
import type { RouterError } from '../../errors.ts'
import type { StreamEnd, StreamEnding } from '../upstream.ts'
import type { ChatStream } from './chat-stream.ts'
import { type Asked, estimateUsage } from './usage.ts'

export interface EndContext {
  chat: Pick<ChatStream, 'usage' | 'sample'>
  /** The caller's request: its tokens are counted where the provider gives no usage. */
  asked: Asked
  logger: Logger
  /** Names the call in log lines. */
  logFields: Record<string, unknown>
}

/** `failure` null is a whole answer. An interrupted one gets a log line. */
export const describeEnding = (
  { logger, logFields }: EndContext,
  failure: RouterError | null,
): StreamEnding => {
  const errorCode = failure?.code ?? null
  const outcome = outcomeOf(failure)
  if (outcome === 'interrupted') logger.warn({ ...logFields, errorCode }, 'stream interrupted')
  return { outcome, errorCode }
}

/** Never rejects: tokens that cannot be counted are null, with a log line. */
export const withUsage = async (context: EndContext, ending: StreamEnding): Promise<StreamEnd> => {
  const { usage } = context.chat
  if (usage !== null && ending.outcome === 'served') return { ...ending, usage }
  const counted = await estimate(context)
  return { ...ending, usage: usage === null ? counted : withProduced(usage, counted) }
}

/** What a provider told at the beginning of an answer that did not end, and what was produced of it by our own count. */
const withProduced = (told: Usage, counted: Usage | null): Usage => {
  const produced = counted?.completionTokens ?? 0
  if (produced <= told.completionTokens) return told
  return { ...told, completionTokens: produced, isEstimated: true }
}

const outcomeOf = (failure: RouterError | null): StreamEnd['outcome'] => {
  if (failure === null) return 'served'
  return failure.code === 'client_closed' ? 'client_closed' : 'interrupted'
}

const estimate = async (context: EndContext): Promise<Usage | null> => {
  try {
    return await estimateUsage(context.asked, context.chat.sample)
  } catch (error) {
    context.logger.error({ ...context.logFields, err: error }, 'tokens could not be counted')
    return null
  }
}
