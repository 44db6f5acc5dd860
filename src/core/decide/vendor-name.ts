// Recognises vendors' names of chat models, which clients send that are not configured for this server.

const FAMILIES = [
  'claude',
  'codestral',
  'codex',
  'command',
  'chatgpt',
  'deepseek',
  'devstral',
  'gemini',
  'gemma',
  'glm',
  'gpt',
  'gpt-oss',
  'grok',
  'kimi',
  'llama',
  'magistral',
  'meta-llama',
  'minimax',
  'ministral',
  'mistral',
  'mixtral',
  'moonshot',
  'nova',
  'o[1-9]',
  'phi',
  'pixtral',
  'qwen',
  'qwq',
  'sonar',
]

/** Prefixes of gateways and clouds: `anthropic/`, `models/`, `us.anthropic.`. */
const PREFIX = '(?:[a-z0-9_-]{1,40}[/.]){0,3}'

/** A family followed by nothing, a digit, or a separator with a version: `small` and `clauded` do not match. */
const VENDOR_NAME = new RegExp(`^${PREFIX}(?:${FAMILIES.join('|')})(?:[0-9.:@/_-]|$)`, 'i')

export const isVendorName = (name: string): boolean => VENDOR_NAME.test(name)
