// What the Open Responses document (https://www.openresponses.org, version 2026-04-24) demands of an answer and of the events of
// a stream, as JSON Schema written here: which fields there must be, and of what kind.
type Schema = Record<string, unknown>

const text: Schema = { type: 'string' }
const integer: Schema = { type: 'integer' }
const number: Schema = { type: 'number' }
const flag: Schema = { type: 'boolean' }
const orNull = (schema: Schema): Schema => ({ anyOf: [schema, { type: 'null' }] })
const list = (items: Schema): Schema => ({ type: 'array', items })
const object = (
  properties: Record<string, Schema>,
  optional: Record<string, Schema> = {},
): Schema => ({
  type: 'object',
  properties: { ...properties, ...optional },
  required: Object.keys(properties),
})
const typed = (type: string, properties: Record<string, Schema>, optional = {}): Schema =>
  object({ type: { const: type }, ...properties }, optional)

const status: Schema = { enum: ['in_progress', 'completed', 'incomplete'] }
const tokenLogprob = object({
  token: text,
  logprob: number,
  bytes: list(integer),
  top_logprobs: list({ type: 'object' }),
})
const content: Schema = {
  oneOf: [
    typed('output_text', {
      text,
      annotations: list({ type: 'object' }),
      logprobs: list(tokenLogprob),
    }),
    typed('refusal', { refusal: text }),
    typed('summary_text', { text }),
    typed('reasoning_text', { text }),
  ],
}
const item: Schema = {
  oneOf: [
    typed('message', {
      id: text,
      status,
      role: { enum: ['user', 'assistant', 'system', 'developer'] },
      content: list(content),
    }),
    typed('function_call', { id: text, call_id: text, name: text, arguments: text, status }),
    typed('reasoning', { id: text, summary: list(content) }, { encrypted_content: text }),
  ],
}
const tool: Schema = {
  oneOf: [
    typed('function', {
      name: text,
      description: orNull(text),
      parameters: orNull({ type: 'object' }),
      strict: orNull(flag),
    }),
  ],
}
const format: Schema = {
  oneOf: [
    typed('text', {}),
    typed('json_object', {}),
    typed('json_schema', {
      name: text,
      description: orNull(text),
      schema: orNull({ type: 'object' }),
      strict: flag,
    }),
  ],
}
const usage = object({
  input_tokens: integer,
  output_tokens: integer,
  total_tokens: integer,
  input_tokens_details: object({ cached_tokens: integer }),
  output_tokens_details: object({ reasoning_tokens: integer }),
})

export const RESPONSE: Schema = object({
  id: text,
  object: { const: 'response' },
  created_at: integer,
  completed_at: orNull(integer),
  status: text,
  incomplete_details: orNull(object({ reason: text })),
  model: text,
  previous_response_id: orNull(text),
  instructions: orNull(text),
  output: list(item),
  error: orNull(object({ code: text, message: text })),
  tools: list(tool),
  tool_choice: { anyOf: [{ enum: ['none', 'auto', 'required'] }, { type: 'object' }] },
  truncation: { enum: ['auto', 'disabled'] },
  parallel_tool_calls: flag,
  text: object({ format }),
  top_p: number,
  presence_penalty: number,
  frequency_penalty: number,
  top_logprobs: integer,
  temperature: number,
  reasoning: orNull(object({ effort: orNull(text), summary: orNull(text) })),
  user: orNull(text),
  usage: orNull(usage),
  max_output_tokens: orNull(integer),
  max_tool_calls: orNull(integer),
  store: flag,
  background: flag,
  service_tier: text,
  metadata: { type: 'object' },
  safety_identifier: orNull(text),
  prompt_cache_key: orNull(text),
})

const event = (type: string, properties: Record<string, Schema>): Schema =>
  typed(type, { sequence_number: integer, ...properties })
const ofResponse = (name: string): Schema => event(`response.${name}`, { response: RESPONSE })
const ofItem = (name: string): Schema =>
  event(`response.output_item.${name}`, { output_index: integer, item })
const place = { item_id: text, output_index: integer }
const inContent = { ...place, content_index: integer }
const inSummary = { ...place, summary_index: integer }

export const EVENT: Schema = {
  oneOf: [
    ...['created', 'in_progress', 'completed', 'incomplete', 'failed'].map(ofResponse),
    ...['added', 'done'].map(ofItem),
    event('response.content_part.added', { ...inContent, part: content }),
    event('response.content_part.done', { ...inContent, part: content }),
    event('response.output_text.delta', {
      ...inContent,
      delta: text,
      logprobs: list(tokenLogprob),
    }),
    event('response.output_text.done', { ...inContent, text, logprobs: list(tokenLogprob) }),
    event('response.refusal.delta', { ...inContent, delta: text }),
    event('response.refusal.done', { ...inContent, refusal: text }),
    event('response.reasoning_summary_part.added', { ...inSummary, part: content }),
    event('response.reasoning_summary_part.done', { ...inSummary, part: content }),
    event('response.reasoning_summary_text.delta', { ...inSummary, delta: text }),
    event('response.reasoning_summary_text.done', { ...inSummary, text }),
    event('response.function_call_arguments.delta', { ...place, delta: text }),
    event('response.function_call_arguments.done', { ...place, arguments: text }),
    event('error', {
      error: object({ type: text, code: orNull(text), message: text, param: orNull(text) }),
    }),
  ],
}
