// Compares what a request needs with what a model can do: a model that cannot serve is skipped with the reason. Unknown limits
// (null) exclude no model; a list of capabilities is taken as complete.

export type Capability = 'tools' | 'vision' | 'json_schema' | 'audio' | 'files'

export type Constraint = Capability | 'context_window' | 'max_output_tokens'

/** Limits of one configured model; null: unknown. */
export interface ModelLimits {
  /** Its capabilities beyond text, complete. */
  capabilities: readonly Capability[] | null
  /** Tokens of prompt and answer together. */
  contextWindow: number | null
  /** Tokens of the answer. */
  maxOutputTokens: number | null
}

/** What one request requires of the model that serves it. */
export interface Requirements {
  needs: readonly Capability[]
  /** Estimated, see `estimateTokens`. */
  promptTokens: number
  /** `max_completion_tokens` or `max_tokens`, null where the caller set neither. */
  outputTokens: number | null
}

/** Why a model cannot serve. `message` continues "MODEL …" and contains nothing of the prompt. */
export interface Violation {
  constraint: Constraint
  message: string
}

/** The parts of an OpenAI chat body that are read here. */
export type ConstrainedBody = Readonly<Record<string, unknown>> & { messages: readonly unknown[] }

/** Reads a chat body of any form without throwing. Call it once per request. */
export const requirementsOf = (body: ConstrainedBody): Requirements => {
  const parts = body.messages.flatMap(partsOf)
  const hasPart = (...types: string[]): boolean =>
    parts.some(({ type }) => types.includes(String(type)))
  const isNeeded: Record<Capability, boolean> = {
    tools: isFilled(body.tools) || isFilled(body.functions) || body.messages.some(isToolTurn),
    vision: hasPart('image_url', 'input_image', 'image'),
    json_schema: fieldsOf(body.response_format).type === 'json_schema',
    audio:
      hasPart('input_audio') ||
      (Array.isArray(body.modalities) && body.modalities.includes('audio')),
    files: hasPart('file', 'input_file', 'document'),
  }
  const { max_completion_tokens: newer, max_tokens: older } = body
  const limit = newer ?? older
  return {
    needs: (Object.keys(isNeeded) as Capability[]).filter((name) => isNeeded[name]),
    promptTokens: promptTokensOf(body, parts),
    outputTokens: typeof limit === 'number' ? limit : null,
  }
}

/** The first reason why a model of these limits cannot serve, or null where none is known. */
export const checkRequirements = (
  { needs, promptTokens, outputTokens }: Requirements,
  { capabilities, contextWindow, maxOutputTokens }: ModelLimits,
): Violation | null => {
  const missing = capabilities && needs.find((need) => !capabilities.includes(need))
  if (missing) {
    return { constraint: missing, message: `lacks ${missing}, which the request needs` }
  }
  if (maxOutputTokens !== null && outputTokens !== null && outputTokens > maxOutputTokens) {
    const message = `gives at most ${maxOutputTokens} tokens of output, the request asks for ${outputTokens}`
    return { constraint: 'max_output_tokens', message }
  }
  const wanted = promptTokens + (outputTokens ?? 1)
  if (contextWindow === null || wanted <= contextWindow) return null
  const message = `has a context window of ${contextWindow} tokens, the request needs about ${wanted}`
  return { constraint: 'context_window', message }
}

/** `checkRequirements` for a body that is checked only once. */
export const checkCapabilities = (body: ConstrainedBody, limits: ModelLimits): Violation | null =>
  checkRequirements(requirementsOf(body), limits)

export interface Eligibility {
  /** Models that can serve, in the order given. */
  eligible: string[]
  /** The others, with their reasons. */
  skipped: (Violation & { model: string })[]
}

/** Splits model ids by whether they can serve; a model without limits can. */
export const eligibleModels = (
  requirements: Requirements,
  models: readonly string[],
  limits: Readonly<Record<string, ModelLimits>>,
): Eligibility => {
  const eligible: string[] = []
  const skipped: Eligibility['skipped'] = []
  for (const model of models) {
    const known = Object.hasOwn(limits, model) ? limits[model] : undefined
    const violation = known ? checkRequirements(requirements, known) : null
    if (violation === null) eligible.push(model)
    else skipped.push({ ...violation, model })
  }
  return { eligible, skipped }
}

const SAMPLED_UNITS = 65_536

/**
 * Tokens of a text without a tokenizer: 3.5 characters of a Latin script each, 2 of other alphabets, 1 of CJK. Against
 * o200k on prose in four scripts, Markdown, TypeScript and JSON: 4 % too few to 27 % too many. Long texts are judged by
 * every second, third … character.
 */
export const estimateTokens = (text: string): number => {
  const stride = Math.ceil(text.length / SAMPLED_UNITS)
  let eighths = 0
  for (let at = 0; at < text.length; at += stride) {
    const unit = text.charCodeAt(at)
    eighths += unit < 0x250 ? 16 / 7 : unit < 0x2e80 ? 4 : 8
  }
  return Math.ceil((eighths * stride) / 8)
}

// Each message is framed by a few tokens; an image takes 85 to 1,500 by size and vendor. Media of unknown length count as 0, so
// that a guess never excludes a model.
const MESSAGE_TOKENS = 4
const IMAGE_TOKENS = 300

type Fields = Record<string, unknown>

const promptTokensOf = (body: ConstrainedBody, parts: readonly Fields[]): number => {
  const texts = parts.map(({ text }) => text).filter((text) => typeof text === 'string')
  const calls = body.messages.map((message) => fieldsOf(message).tool_calls).filter(isFilled)
  const schemas = [body.tools, body.functions, body.response_format].filter(
    (value) => typeof value === 'object' && value !== null,
  )
  const written = [...texts, ...[...calls, ...schemas].map((value) => JSON.stringify(value))]
  const images = parts.filter(({ type }) => /image/.test(String(type))).length
  return (
    written.reduce((sum, text) => sum + estimateTokens(text), 0) +
    body.messages.length * MESSAGE_TOKENS +
    images * IMAGE_TOKENS
  )
}

export const partsOf = (message: unknown): Fields[] => {
  const { content } = fieldsOf(message)
  if (typeof content === 'string') return [{ type: 'text', text: content }]
  return Array.isArray(content) ? content.map(fieldsOf) : []
}

const isToolTurn = (message: unknown): boolean => {
  const { role, tool_calls: calls } = fieldsOf(message)
  return role === 'tool' || isFilled(calls)
}

const isFilled = (value: unknown): boolean => Array.isArray(value) && value.length > 0

const fieldsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? (value as Fields) : {}
