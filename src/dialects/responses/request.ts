// A Responses request → the chat body that asks for the same. Fields without a counterpart in chat are noted by name: left out
// where the answer can be made without them, else only a provider of this dialect serves the request. Unknown fields go
// to the provider as they came, as with chat.

import type { ChatBody } from '../chat/upstream-request.ts'
import { type JsonObject, objectsOf, presentFields, refuse } from '../json.ts'
import { toResponseFormat } from './format.ts'
import { type Recall, toMessages } from './input.ts'
import { createNotes, type Notes } from './notes.ts'
import type { ResponsesRequest } from './schema.ts'
import type { ToolNames } from './tool-names.ts'
import { toChatToolChoice, toChatTools } from './tools.ts'

/** Fields that refer to state at the provider. */
const STATEFUL = ['conversation', 'prompt', 'context_management']

/** `reasoning.encrypted_content` promises nothing: where there is none, none is included. */
const INCLUDABLE = ['message.output_text.logprobs', 'reasoning.encrypted_content']

/** Fields that are translated below, belong to this router, or have no meaning in chat. */
const CONSUMED = [
  ...STATEFUL,
  'background',
  'include',
  'input',
  'instructions',
  'max_output_tokens',
  'max_tool_calls', // counts calls of built-in tools, of which there are none
  'parallel_tool_calls',
  'previous_response_id', // its items stand before those of the input
  'reasoning',
  'store',
  'stream_options', // obfuscation, which we add none of
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'truncation',
]

const noteFields = (body: JsonObject, request: ResponsesRequest, notes: Notes): void => {
  if (body.background != null && body.background !== false) {
    refuse('background', 'is not supported: the answer is given on this connection')
  }
  notes.untranslatable.push(...STATEFUL.filter((field) => body[field] != null))
  if (request.truncation === 'auto') notes.untranslatable.push('truncation')
  if (request.include?.some((name) => !INCLUDABLE.includes(name))) notes.dropped.add('include')
  const { reasoning, max_tool_calls: calls } = body as { reasoning?: JsonObject } & JsonObject
  if (reasoning?.summary != null || reasoning?.generate_summary != null) {
    notes.dropped.add('reasoning.summary')
  }
  if (calls != null) notes.dropped.add('max_tool_calls')
}

const logprobFields = ({ include, top_logprobs: top }: ResponsesRequest): JsonObject => {
  const isAsked = include?.includes('message.output_text.logprobs') || (top ?? 0) > 0
  return isAsked ? { logprobs: true, ...presentFields({ top_logprobs: top }) } : {}
}

/** Tools that an earlier search found are listed in its result only. */
const foundTools = (input: unknown): unknown[] =>
  objectsOf(input)
    .filter(({ type }) => type === 'tool_search_output')
    .flatMap(({ tools }) => (Array.isArray(tools) ? tools : []))

export interface TranslatedRequest {
  body: ChatBody
  names: ToolNames
  /** Fields that the translated request lacks, by name. */
  dropped: string[]
  /** Fields that only a provider of this dialect takes. */
  untranslatable: string[]
}

const toolFields = (request: ResponsesRequest, notes: Notes) => {
  const offered = [...(request.tools ?? []), ...foundTools(request.input)]
  const { tools, names } = toChatTools(offered, notes)
  const choice = request.tool_choice
  const fields = presentFields({
    // Chat refuses parallel_tool_calls where there are no tools; here clients always send it.
    ...(tools.length > 0 && { tools, parallel_tool_calls: request.parallel_tool_calls }),
    tool_choice: choice == null ? null : toChatToolChoice(choice, { tools, names, notes }),
  })
  return { fields, names }
}

/**
 * @param body as the caller sent it, checked by `responsesRequestSchema` to be a `request`
 * @throws RouterError `invalid_request` naming the field, `not_found` for an unknown item reference
 */
export const toChatRequest = (
  body: JsonObject,
  request: ResponsesRequest,
  recall: Recall,
): TranslatedRequest => {
  const notes = createNotes()
  noteFields(body, request, notes)
  const passed = Object.entries(body).filter(([field]) => !CONSUMED.includes(field))
  const { instructions, text, reasoning, stream } = request
  const opening = instructions ? [{ role: 'system', content: instructions }] : []
  const { fields, names } = toolFields(request, notes)
  const chat: ChatBody = {
    ...presentFields(Object.fromEntries(passed)),
    model: request.model,
    messages: [...opening, ...toMessages(request.input, { recall, names, notes })],
    ...presentFields({
      max_completion_tokens: request.max_output_tokens,
      reasoning_effort: reasoning?.effort,
      verbosity: text?.verbosity,
      response_format: toResponseFormat(text?.format),
    }),
    ...fields,
    ...logprobFields(request),
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  }
  const { dropped, untranslatable } = notes
  return { body: chat, names, dropped: [...dropped], untranslatable }
}
