// A Responses request → the chat body that asks the same. What chat cannot ask is refused by its name; what we do not know
// goes to the provider as it came, as with chat.

import type { ChatBody } from '../chat/upstream-request.ts'
import { given, type JsonObject, refuse } from '../json.ts'
import { type Recall, toMessages } from './input.ts'
import type { ResponsesRequest } from './schema.ts'
import { toChatToolChoice, toChatTools, toResponseFormat } from './tools.ts'

/** Fields that mean state at OpenAI, or work that goes on after the answer. */
const REFUSED: Record<string, string> = {
  previous_response_id: 'is not supported: responses are not kept; send the conversation as input',
  conversation: 'is not supported: conversations are not kept; send the conversation as input',
  background: 'is not supported: the answer is given on this connection',
  prompt: 'is not supported: there are no stored prompts; send instructions and input',
  context_management: 'is not supported; send what the model is to read',
}

/** `reasoning.encrypted_content` promises nothing: where there is none, none is included. */
const INCLUDABLE = ['message.output_text.logprobs', 'reasoning.encrypted_content']

/** Translated below, ours, or without meaning in chat. */
const CONSUMED = [
  ...Object.keys(REFUSED),
  'include',
  'input',
  'instructions',
  'max_output_tokens',
  'max_tool_calls', // counts calls of built-in tools, of which there are none
  'parallel_tool_calls',
  'reasoning',
  'store',
  'stream_options', // obfuscation, which we add none of
  'text',
  'tool_choice',
  'tools',
  'top_logprobs',
  'truncation',
]

const checkRefused = (body: JsonObject): void => {
  for (const [field, problem] of Object.entries(REFUSED)) {
    if (body[field] != null && body[field] !== false) refuse(field, problem)
  }
}

const checkRequest = ({ truncation, include }: ResponsesRequest): void => {
  if (truncation === 'auto') {
    refuse('truncation', 'auto is not supported: nothing is left out unasked; send disabled')
  }
  const unknown = include?.findIndex((name) => !INCLUDABLE.includes(name)) ?? -1
  if (unknown >= 0) refuse(`include[${unknown}]`, `expected one of ${INCLUDABLE.join(', ')}`)
}

const logprobFields = ({ include, top_logprobs: top }: ResponsesRequest): JsonObject => {
  const isAsked = include?.includes('message.output_text.logprobs') || (top ?? 0) > 0
  return isAsked ? { logprobs: true, ...given({ top_logprobs: top }) } : {}
}

/**
 * @param body as the caller sent it, checked by `responsesRequestSchema` to be a `request`
 * @throws RouterError `invalid_request` naming the field, `not_found` for an unknown item reference
 */
export const toChatBody = (
  body: JsonObject,
  request: ResponsesRequest,
  recall: Recall,
): ChatBody => {
  checkRefused(body)
  checkRequest(request)
  const passed = Object.entries(body).filter(([field]) => !CONSUMED.includes(field))
  const { instructions, tools, text, reasoning, stream } = request
  const opening = instructions ? [{ role: 'system', content: instructions }] : []
  return {
    ...given(Object.fromEntries(passed)),
    model: request.model,
    messages: [...opening, ...toMessages(request.input, recall)],
    ...given({
      max_completion_tokens: request.max_output_tokens,
      reasoning_effort: reasoning?.effort,
      verbosity: text?.verbosity,
      response_format: toResponseFormat(text?.format),
      // Chat refuses parallel_tool_calls where there are no tools; here clients always send it.
      ...(tools?.length
        ? { tools: toChatTools(tools), parallel_tool_calls: request.parallel_tool_calls }
        : {}),
      tool_choice: request.tool_choice == null ? null : toChatToolChoice(request.tool_choice),
    }),
    ...logprobFields(request),
    ...(stream ? { stream: true, stream_options: { include_usage: true } } : {}),
  }
}
