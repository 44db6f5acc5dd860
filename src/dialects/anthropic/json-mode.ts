// JSON without a schema, asked of Anthropic by a tool that takes any object, as its own guide advises; its input is then the
// answer's text. Beside other tools or thinking, neither of which goes with a forced tool, it is asked for in words.
import type { ChatBody } from '../chat/upstream-request.ts'
import { isObject, type JsonObject, objectsOf } from '../json.ts'
import { isThinkingOn } from './thinking-on.ts'

export const JSON_TOOL = 'json_answer'

const TOOL = {
  name: JSON_TOOL,
  description: 'Gives the whole answer as one JSON object.',
  input_schema: { type: 'object', properties: {}, additionalProperties: true },
}

const WORDS = 'Answer with one JSON object and nothing else: no prose around it, no code fence.'

const isAsked = ({ response_format: format }: ChatBody): boolean =>
  isObject(format) && format.type === 'json_object'

/** Whether the answer comes as the input of `JSON_TOOL`. */
export const usesJsonTool = (sent: JsonObject): boolean =>
  objectsOf(sent.tools).some(({ name }) => name === JSON_TOOL)

export const withJsonMode = (sent: JsonObject, body: ChatBody): JsonObject => {
  if (!isAsked(body)) return sent
  const mayForce = !Array.isArray(sent.tools) && !isThinkingOn(sent.thinking)
  if (mayForce) {
    return { ...sent, tools: [TOOL], tool_choice: { type: 'tool', name: JSON_TOOL } }
  }
  return { ...sent, system: [...objectsOf(sent.system), { type: 'text', text: WORDS }] }
}
