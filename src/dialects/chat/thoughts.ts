// The text of a reasoning model's thoughts in a chat message or delta, by whichever name its server gives them.
import { type JsonObject, objectsOf, textOf } from '../json.ts'

/** '' where there are none, or none that can be read. */
export const thoughtsOf = (message: JsonObject): string => {
  const { reasoning_content: content, reasoning, reasoning_details: details } = message
  const direct = textOf(content) || textOf(reasoning)
  if (direct !== '') return direct
  return objectsOf(details)
    .map(({ text, summary }) => textOf(text) || textOf(summary))
    .join('')
}
