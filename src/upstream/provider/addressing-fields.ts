// Removes fields by which proxies like LiteLLM redirect a call or change its key, at any depth of a parameter, so that none reaches a
// provider.
import { isObject, type JsonObject, mapSame } from '../../dialects/json.ts'

const ADDRESSING = new Set([
  'api_key',
  'api_base',
  'base_url',
  'api_version',
  'custom_llm_provider',
  'extra_headers',
])

/** Fields with content and schemas, whose names are the caller's own. */
const CONTENT = new Set([
  ...['messages', 'input', 'prompt', 'prediction', 'system', 'contents', 'systemInstruction'],
  ...['tools', 'functions', 'tool_choice', 'function_call', 'toolConfig', 'generationConfig'],
  ...['response_format', 'output_format', 'output_config', 'text'],
])

/** The body without them; content and schemas are not changed, and what has no such fields stays the same object, the body included. */
export const withoutAddressing = (body: JsonObject): JsonObject => {
  if (isClean(body)) return body
  const entries = Object.entries(body).filter(([name]) => !ADDRESSING.has(name))
  return Object.fromEntries(
    entries.map(([name, value]) => [name, CONTENT.has(name) ? value : cleaned(value)]),
  )
}

const isClean = (body: JsonObject): boolean => {
  for (const name in body) {
    if (ADDRESSING.has(name)) return false
    const value = body[name]
    if (!CONTENT.has(name) && cleaned(value) !== value) return false
  }
  return true
}

// Bodies are at most 200 levels deep (http/request/json.ts).
const cleaned = (value: unknown): unknown => {
  if (Array.isArray(value)) return mapSame(value, cleaned)
  if (!isObject(value)) return value
  const entries = Object.entries(value)
  const kept = entries.filter(([name]) => !ADDRESSING.has(name))
  const clean = kept.map(([name, inner]) => [name, cleaned(inner)] as const)
  const isSame =
    kept.length === entries.length && clean.every(([, inner], at) => inner === kept[at]?.[1])
  return isSame ? value : Object.fromEntries(clean)
}
