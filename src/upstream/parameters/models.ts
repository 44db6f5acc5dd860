// Models that lack a parameter which their provider supports for others, by their names there. Short on purpose: other cases are
// learned from the provider's refusal.

interface ModelRule {
  model: RegExp
  lacks: readonly string[]
}

const SAMPLING = ['temperature', 'top_p', 'frequency_penalty', 'presence_penalty', 'logit_bias']
const LOGPROBS = ['logprobs', 'top_logprobs']
const EFFORT = ['reasoning_effort', 'verbosity']

const RULES: ModelRule[] = [
  // OpenAI's reasoning models
  { model: /^(?:o[134](?:-|$)|gpt-5(?!-chat|\.\d+-chat))/, lacks: [...SAMPLING, ...LOGPROBS] },
  { model: /^o1-(?:mini|preview)/, lacks: ['reasoning_effort'] },
  { model: /^o[134](?:-|$)/, lacks: ['verbosity', 'parallel_tool_calls'] },
  { model: /^(?:gpt-3\.5|gpt-4|chatgpt-4)/, lacks: EFFORT },
  // Anthropic: effort came with Opus 4.5
  { model: /^claude-(?:2|3|instant)/, lacks: ['reasoning_effort', 'output_config'] },
  {
    model: /^claude-(?:opus|sonnet|haiku)-4(?:-[01](?:-|$)|-\d{8}|@|$)/,
    lacks: ['reasoning_effort', 'output_config'],
  },
  { model: /^claude-(?:sonnet|haiku)-4-5/, lacks: ['reasoning_effort', 'output_config'] },
  { model: /^claude-(?:2|instant|3-(?:opus|sonnet|haiku|5))/, lacks: ['thinking'] },
  // Google: thinking came with 2.5
  { model: /^gemini-(?:1|2\.0)/, lacks: ['reasoning_effort', 'thinking'] },
  // xAI, https://docs.x.ai: these reason without a dial, and refuse penalties and stop
  {
    model: /^grok-(?:4(?!\.)|code)/,
    lacks: ['reasoning_effort', 'frequency_penalty', 'presence_penalty', 'stop'],
  },
  { model: /^grok-(?:2|3(?!-mini))/, lacks: ['reasoning_effort'] },
  { model: /^deepseek-reasoner/, lacks: LOGPROBS },
]

/** Parameters that the model does not support. `name` is that at the provider, with or without a vendor prefix. */
export const lacksOfModel = (name: string): ReadonlySet<string> => {
  const known = KNOWN.get(name)
  if (known) return known
  const lacks = readLacks(name)
  KNOWN.set(name, lacks)
  return lacks
}

/** By the names in the configuration, so there are few. */
const KNOWN = new Map<string, ReadonlySet<string>>()

const readLacks = (name: string): ReadonlySet<string> => {
  const bare = name.slice(name.lastIndexOf('/') + 1).toLowerCase()
  return new Set(RULES.filter(({ model }) => model.test(bare)).flatMap(({ lacks }) => lacks))
}
