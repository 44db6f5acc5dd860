// The output of one response, built from chat deltas.
import { thoughtsOf } from '../chat/thoughts.ts'
import { isObject, type JsonObject, objectsOf, textOf } from '../json.ts'
import { thoughtsIn } from './carried-thoughts.ts'
import { imageData } from './image.ts'
import { createOutputItems, type OutputItems, type OutputItemsOptions } from './output-items.ts'

export interface ResponsesOutput {
  /** A chat delta, or a whole chat message, of one choice. */
  add(delta: JsonObject, logprobs: unknown): void
  /** Closes what is open. An answer without anything in it is one empty message. */
  close(status: 'completed' | 'incomplete'): void
  /** The items in their present form. */
  values(): JsonObject[]
}

/** Chat's `{type, url_citation: {…}}` is flat here. */
const toAnnotation = ({ type, url_citation: cited, ...rest }: JsonObject): JsonObject => ({
  type,
  ...(isObject(cited) ? cited : {}),
  ...rest,
})

const addThoughts = (output: OutputItems, delta: JsonObject): void => {
  const thought = thoughtsOf(delta)
  if (thought !== '') output.reasoning().add(thought)
  const carried = thoughtsIn(delta)
  if (Object.keys(carried).length > 0) output.reasoning().carry(carried)
}

const addText = (output: OutputItems, delta: JsonObject, logprobs: unknown): void => {
  const text = textOf(delta.content)
  const ofText = isObject(logprobs) ? objectsOf(logprobs.content) : []
  if (text !== '' || ofText.length > 0) {
    output.message().add('output_text', text, { logprobs: ofText })
  }
  if (isObject(delta.audio)) output.message().speak(delta.audio)
  for (const annotation of objectsOf(delta.annotations)) {
    output.message().annotate(toAnnotation(annotation))
  }
  const refusal = textOf(delta.refusal)
  if (refusal !== '') output.message().add('refusal', refusal)
  const phase = textOf(delta.phase)
  if (phase !== '') output.message().setPhase(phase)
}

const urlOf = ({ image_url: image, url }: JsonObject): string =>
  textOf(isObject(image) ? image.url : (image ?? url))

const addImage = (output: OutputItems, image: JsonObject): void => {
  const url = urlOf(image)
  const data = imageData(url)
  if (data === null) output.message().add('output_text', `![](${url})`)
  else output.image(data)
}

export const createResponsesOutput = (options: OutputItemsOptions): ResponsesOutput => {
  const output = createOutputItems(options)
  return {
    add: (delta, logprobs) => {
      addThoughts(output, delta)
      addText(output, delta, logprobs)
      for (const image of objectsOf(delta.images)) addImage(output, image)
      for (const call of objectsOf(delta.tool_calls)) output.call(call).add(call)
    },
    close: (status) => {
      if (output.items.length === 0) output.message().add('output_text', '')
      output.close(status)
    },
    values: () => output.items.map(({ value }) => value),
  }
}
