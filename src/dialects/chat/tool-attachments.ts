// Images and files in the results of tools: OpenAI's tool messages take text only, so what else a result holds follows the
// results as a user's message.
import { isObject, type JsonObject } from '../json.ts'

const isText = (part: unknown): boolean =>
  typeof part === 'string' || (isObject(part) && (part.type === 'text' || part.type === 'refusal'))

const textOnly = (message: JsonObject, parts: unknown[]): JsonObject => ({
  ...message,
  content: parts
    .filter(isText)
    .map((part) => (isObject(part) ? String(part.text ?? part.refusal ?? '') : String(part)))
    .join('\n'),
})

const attachments = ({ tool_call_id: id }: JsonObject, parts: unknown[]): unknown[] => {
  const others = parts.filter((part) => !isText(part))
  return [{ type: 'text', text: `Attached to the result of ${id}:` }, ...others]
}

/** The same list where no result holds anything but text. */
export const moveAttachments = (messages: readonly unknown[]): unknown[] => {
  const hasOthers = (message: unknown): boolean =>
    isObject(message) &&
    message.role === 'tool' &&
    Array.isArray(message.content) &&
    !message.content.every(isText)
  if (!messages.some(hasOthers)) return messages as unknown[]
  const moved: unknown[] = []
  let waiting: unknown[] = []
  const flush = (): void => {
    if (waiting.length > 0) moved.push({ role: 'user', content: waiting })
    waiting = []
  }
  for (const message of messages) {
    if (!isObject(message) || message.role !== 'tool') flush()
    if (!hasOthers(message)) {
      moved.push(message)
      continue
    }
    const result = message as JsonObject & { content: unknown[] }
    moved.push(textOnly(result, result.content))
    waiting.push(...attachments(result, result.content))
  }
  flush()
  return moved
}
