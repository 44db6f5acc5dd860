// Gemini's generationConfig → OpenAI's sampling, limits, form of the answer and effort.
import { type JsonObject, presentFields, textOf } from '../json.ts'
import { toJsonSchema } from './inbound-json-schema.ts'
import { fieldsOf, type Note } from './inbound-names.ts'

type Field = (value: unknown, note: Note, config: JsonObject) => JsonObject

const same =
  (name: string): Field =>
  (value) => ({ [name]: value })
const nothing: Field = () => ({})

const OPENAI_STOPS = 4
/** Thinking budgets up to which OpenAI's low and medium effort stand for them, in tokens. */
const LOW_BUDGET = 4_096
const MEDIUM_BUDGET = 16_384

const stopSequences: Field = (value, note) => {
  if (!Array.isArray(value) || value.length === 0) return {}
  if (value.length > OPENAI_STOPS)
    note(`generationConfig.stopSequences (more than ${OPENAI_STOPS})`)
  return { stop: value }
}

const responseForm: Field = (value, note, config) => {
  if (value === 'text/plain') return {}
  if (value !== 'application/json') {
    note('generationConfig.responseMimeType')
    return {}
  }
  const { responseSchema, responseJsonSchema } = config
  const schema = responseJsonSchema ?? (responseSchema ? toJsonSchema(responseSchema) : null)
  if (schema === null) return { response_format: { type: 'json_object' } }
  return { response_format: { type: 'json_schema', json_schema: { name: 'answer', schema } } }
}

const modalities: Field = (value, note) => {
  const isText =
    Array.isArray(value) && value.every((modality) => textOf(modality).toUpperCase() === 'TEXT')
  if (!isText) note('generationConfig.responseModalities')
  return {}
}

/** A budget of -1 leaves it to the model. */
const effortOf = (budget: number): JsonObject => {
  if (budget < 0) return {}
  if (budget === 0) return { reasoning_effort: 'none' }
  if (budget <= LOW_BUDGET) return { reasoning_effort: 'low' }
  return { reasoning_effort: budget <= MEDIUM_BUDGET ? 'medium' : 'high' }
}

const thinking: Field = (value) => {
  const { thinkingBudget, thinkingLevel } = fieldsOf(value)
  const level = textOf(thinkingLevel).toLowerCase()
  if (level !== '' && level !== 'thinking_level_unspecified') return { reasoning_effort: level }
  return typeof thinkingBudget === 'number' ? effortOf(thinkingBudget) : {}
}

const FIELDS: Record<string, Field> = {
  temperature: same('temperature'),
  topP: same('top_p'),
  topK: same('top_k'),
  candidateCount: (value) => (value === 1 ? {} : { n: value }),
  maxOutputTokens: same('max_completion_tokens'),
  seed: same('seed'),
  presencePenalty: same('presence_penalty'),
  frequencyPenalty: same('frequency_penalty'),
  responseLogprobs: same('logprobs'),
  logprobs: same('top_logprobs'),
  stopSequences,
  responseMimeType: responseForm,
  // Read by `responseForm`.
  responseSchema: nothing,
  responseJsonSchema: nothing,
  responseModalities: modalities,
  thinkingConfig: thinking,
}

export const fromGenerationConfig = (config: JsonObject, note: Note): JsonObject => {
  const body: JsonObject = {}
  for (const [name, value] of Object.entries(presentFields(config))) {
    const field = Object.hasOwn(FIELDS, name) ? FIELDS[name] : undefined
    if (field) Object.assign(body, field(value, note, config))
    else note(`generationConfig.${name}`)
  }
  return body
}

/** Whether the caller wants thoughts beside the answer. */
export const wantsThoughts = (config: JsonObject): boolean =>
  fieldsOf(config.thinkingConfig).includeThoughts === true
