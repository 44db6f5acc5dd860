// The key of a request's conversation: the session id that the caller gave, else a fingerprint of the beginning of the history.
import type { PromptMessage } from '../prompt/prompt-turns.ts'
import { messageText } from '../prompt/prompt-turns.ts'

/** Characters of each message that are hashed: enough to distinguish conversations, and cheap for long system prompts. */
const COMPARED_CHARS = 2_000

export interface SessionKeyInput {
  /** From the x-session-id header or `metadata.session_id`. */
  sessionId: string | null
  /** OpenAI's `user`: separates equal sessions of different people. */
  user: string | null
  messages: readonly PromptMessage[]
}

const startOf = (messages: readonly PromptMessage[], roles: readonly string[]): string => {
  const message = messages.find(({ role }) => roles.includes(role))
  return message ? messageText(message.content).text.slice(0, COMPARED_CHARS) : ''
}

/** A digest, so that entries in memory contain no names or texts. */
export const sessionKey = (input: SessionKeyInput, digest: (text: string) => string): string => {
  const { sessionId, user, messages } = input
  const identity =
    sessionId === null
      ? [startOf(messages, ['system', 'developer']), startOf(messages, ['user'])]
      : [sessionId]
  return digest(JSON.stringify([sessionId !== null, user, ...identity]))
}
