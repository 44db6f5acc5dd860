// The output of one response as chat deltas bring it.
import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts'
import type { Emit } from './event-log.ts'
import { createOutputItems } from './output-items.ts'

export interface ResponsesOutput {
  /** A chat delta, or a whole chat message, of one choice. */
  add(delta: JsonObject, logprobs: unknown): void
  /** Closes what is open. An answer without anything in it is one empty message. */
  close(status: 'completed' | 'incomplete'): void
  /** The items in their present form. */
  values(): JsonObject[]
}

const reasoningOf = ({ reasoning_content: content, reasoning }: JsonObject): string =>
  textOf(content) || textOf(reasoning)

/** Chat's `{type, url_citation: {…}}` is flat here. */
const toAnnotation = ({ type, url_citation: cited, ...rest }: JsonObject): JsonObject => ({
  type,
  ...(isObject(cited) ? cited : {}),
  ...rest,
})

export const createResponsesOutput = (emit: Emit, newId: () => string): ResponsesOutput => {
  const output = createOutputItems(emit, newId)
  return {
    add: (delta, logprobs) => {
      const thought = reasoningOf(delta)
      if (thought !== '') output.reasoning().add(thought)
      const text = textOf(delta.content)
      const ofText = isObject(logprobs) ? objectsOf(logprobs.content) : []
      if (text !== '' || ofText.length > 0) {
        output.message().add('output_text', text, { logprobs: ofText })
      }
      for (const annotation of objectsOf(delta.annotations)) {
        output.message().annotate(toAnnotation(annotation))
      }
      const refusal = textOf(delta.refusal)
      if (refusal !== '') output.message().add('refusal', refusal)
      for (const call of objectsOf(delta.tool_calls)) output.call(call).add(call)
    },
    close: (status) => {
      if (output.items.length === 0) output.message().add('output_text', '')
      output.close(status)
    },
    values: () => output.items.map(({ value }) => value),
  }
}
