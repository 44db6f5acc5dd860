// A rough count of a request's tokens, to compare with a provider's remaining tokens. Four characters per token is right within a third
// for most languages, and needs no tokenizer on the request path.
import type { ChatBody } from '../../dialects/chat/upstream-request.ts'
import { isObject } from '../../dialects/json.ts'

const CHARS_PER_TOKEN = 4

/** Counts once, at the first use. */
export const promptTokensOf = (body: ChatBody): (() => number) => {
  let tokens: number | null = null
  return () => {
    tokens ??= Math.ceil(charsOf(body.messages) / CHARS_PER_TOKEN)
    return tokens
  }
}

const charsOf = (messages: readonly unknown[]): number => {
  let chars = 0
  for (const message of messages) {
    if (!isObject(message)) continue
    const { content } = message
    if (typeof content === 'string') chars += content.length
    for (const part of Array.isArray(content) ? content : []) {
      if (isObject(part) && typeof part.text === 'string') chars += part.text.length
    }
  }
  return chars
}
