// Whether a call may think: Anthropic refuses one that continues a tool loop whose thoughts are gone, and a budget that
// leaves no room for the answer. Such a call is made without thinking rather than not at all.
import { isObject, type JsonObject, objectsOf } from '../json.ts'

const LEAST_BUDGET = 1_024
/** Share of the whole answer that thoughts may take where the caller's budget is larger. */
const MAX_SHARE = 0.8

const isThought = (block: JsonObject | undefined): boolean =>
  block?.type === 'thinking' || block?.type === 'redacted_thinking'

/**
 * Whether a turn of the tool loop that the conversation ends in calls tools without the thoughts before it. The loop begins
 * behind the last turn of the assistant's that calls none.
 */
export const lacksThoughts = (turns: readonly unknown[]): boolean => {
  const assistantTurns = turns.filter(isObject).filter(({ role }) => role === 'assistant')
  for (const { content } of assistantTurns.toReversed()) {
    const blocks = objectsOf(content)
    if (!blocks.some(({ type }) => type === 'tool_use')) return false
    if (!isThought(blocks[0])) return true
  }
  return false
}

/** Whether the model may think, by a budget or as it sees fit. */
export const mayThink = (thinking: unknown): boolean =>
  isThinkingOn(thinking) || (isObject(thinking) && thinking.type === 'adaptive')

const LEAST_TOP_P = 0.95

/** Sampling that Anthropic refuses where the model may think. */
export const clashesWithThinking: Record<string, (value: unknown) => boolean> = {
  temperature: (value) => value !== 1,
  top_p: (value) => Number(value) < LEAST_TOP_P,
  top_k: () => true,
}

export const isThinkingOn = (thinking: unknown): thinking is JsonObject =>
  isObject(thinking) && thinking.type === 'enabled'

/**
 * `thinking` and `max_tokens` that go together. `isLimitAsked`: the caller named the limit, so it is the budget that gives
 * way.
 */
export const fitThinking = (
  thinking: unknown,
  { maxTokens, isLimitAsked }: { maxTokens: number; isLimitAsked: boolean },
): JsonObject => {
  if (!isThinkingOn(thinking) || Number(thinking.budget_tokens) < maxTokens) return {}
  const budget = Number(thinking.budget_tokens)
  if (!isLimitAsked) return { max_tokens: budget + maxTokens }
  const fitted = Math.max(LEAST_BUDGET, Math.floor(maxTokens * MAX_SHARE))
  return fitted < maxTokens
    ? { thinking: { ...thinking, budget_tokens: fitted } }
    : { thinking: { type: 'disabled' } }
}
