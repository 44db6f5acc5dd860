// Which conversation a request belongs to: what the caller named, else a fingerprint of how its history begins.
import type { PromptMessage } from '../prompt/prompt-turns.ts'
import { messageText } from '../prompt/prompt-turns.ts'

/** Enough to tell conversations apart; a system prompt of 100 kB is not hashed on every request. */
const COMPARED_CHARS = 2_000

export interface SessionKeyInput {
  /** From the x-session-id header or `metadata.session_id`. */
  sessionId: string | null
  /** OpenAI's `user`: names a person, so it only tells equal sessions of different people apart. */
  user: string | null
  messages: readonly PromptMessage[]
}

const startOf = (messages: readonly PromptMessage[], roles: readonly string[]): string => {
  const message = messages.find(({ role }) => roles.includes(role))
  return message ? messageText(message.content).text.slice(0, COMPARED_CHARS) : ''
}

/** A digest, so that what is kept in memory under it names nobody. */
export const sessionKey = (input: SessionKeyInput, digest: (text: string) => string): string => {
  const { sessionId, user, messages } = input
  const identity =
    sessionId === null
      ? [startOf(messages, ['system', 'developer']), startOf(messages, ['user'])]
      : [sessionId]
  return digest(JSON.stringify([sessionId !== null, user, ...identity]))
}
