// The chat body for an OpenAI-compatible provider: the caller's own, with the model's name there, and changes for what this server
// (preset) is known to refuse. Unsupported fields were removed before (parameters/).

import { withoutAllowedTools } from '../../dialects/chat/allowed-tools.ts'
import { fitUser } from '../../dialects/chat/fit-user.ts'
import { withoutLegacyFunctions } from '../../dialects/chat/legacy-functions.ts'
import { fitToolNames, OPENAI_NAMES } from '../../dialects/chat/tool-names.ts'
import { fitMessages } from '../../dialects/chat/upstream-messages.ts'
import type { ChatBody, UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { isObject } from '../../dialects/json.ts'
import type { Preset } from '../presets/presets.ts'

const MAX_USER_CHARS = 64

export interface OpenAiCall {
  body: ChatBody
  toolNames: ReadonlyMap<string, string>
}

export const toOpenAiCall = (request: UpstreamRequest, preset: Preset): OpenAiCall => {
  const { target, native } = request
  // Servers that are not known to be strict get the caller's own cache breakpoints; those of another dialect are translated.
  const takesCacheControl = preset.takesCacheControl || (preset.isUnknown && native === undefined)
  const newer = preset.takesFunctions ? request.body : withoutLegacyFunctions(request.body)
  const asked = preset.takesAllowedTools ? newer : withoutAllowedTools(newer)
  const fitted = fitMessages(asked, { ...preset, takesCacheControl })
  const { body, toolNames } = fitToolNames(fitted, OPENAI_NAMES)
  const sent: ChatBody = { ...body, model: target.upstreamName }
  renameMaxTokens(sent, preset.maxTokensField)
  fitBookKeeping(sent, preset)
  fitEffort(sent, request, preset)
  if (!preset.takesStreamOptions) delete sent.stream_options
  else if (sent.stream === true) sent.stream_options = withUsage(sent.stream_options)
  return { body: sent, toolNames }
}

/** The lowest reasoning effort of an OpenAI model; undefined for models without reasoning. */
const leastEffort = (name: string): string | undefined => {
  const bare = name.slice(name.lastIndexOf('/') + 1)
  if (/^gpt-5\.\d(?!.*chat)/.test(bare)) return 'none'
  if (/^gpt-5(?!-chat)/.test(bare)) return 'minimal'
  return /^o[134](?:-|$)/.test(bare) ? 'low' : undefined
}

/** Anthropic's `max` is OpenAI's `xhigh`; disabled thinking is the model's lowest effort. */
const fitEffort = (sent: ChatBody, { native, target }: UpstreamRequest, preset: Preset): void => {
  if (preset.isUnknown) return
  if (sent.reasoning_effort === 'max') sent.reasoning_effort = 'xhigh'
  const { thinking } = native?.body ?? {}
  if (!isObject(thinking) || thinking.type !== 'disabled') return
  const least = leastEffort(target.upstreamName)
  if (least !== undefined) sent.reasoning_effort ??= least
}

const withUsage = (received: unknown): unknown => {
  const options = isObject(received) ? received : {}
  return options.include_usage === true ? received : { ...options, include_usage: true }
}

/** Removes the router's `session_id`; OpenAI accepts metadata only for stored completions. */
const fitBookKeeping = (sent: ChatBody, { seedField, storesMetadata }: Preset): void => {
  for (const field of ['user', 'safety_identifier', 'prompt_cache_key']) {
    if (sent[field] !== undefined) sent[field] = fitUser(sent[field], MAX_USER_CHARS)
  }
  if (isObject(sent.metadata)) {
    const { session_id: session, ...metadata } = sent.metadata
    if (session !== undefined) sent.metadata = metadata
    const isUseless = storesMetadata && sent.store !== true
    if (isUseless || Object.keys(metadata).length === 0) delete sent.metadata
  }
  if (seedField !== 'seed' && sent.seed !== undefined) {
    sent[seedField] ??= sent.seed
    delete sent.seed
  }
}

const renameMaxTokens = (sent: ChatBody, known: Preset['maxTokensField']): void => {
  if (known === 'both') return
  const other = known === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  if (sent[other] === undefined) return
  sent[known] ??= sent[other]
  delete sent[other]
}
