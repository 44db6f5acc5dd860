// Whether a name is one that a vendor gives to its chat models: what clients send that were never told of this server.

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

/** Of gateways and clouds: `anthropic/`, `models/`, `us.anthropic.`. */
const PREFIX = '(?:[a-z0-9_-]{1,40}[/.]){0,3}'

/** A family, and behind it nothing, a digit, or a separator with a version: `small` and `clauded` are no vendor's. */
const VENDOR_NAME = new RegExp(`^${PREFIX}(?:${FAMILIES.join('|')})(?:[0-9.:@/_-]|$)`, 'i')

export const isVendorName = (name: string): boolean => VENDOR_NAME.test(name)
