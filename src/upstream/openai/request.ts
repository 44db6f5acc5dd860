// The caller's chat body as an OpenAI-compatible provider gets it: the caller's own, with the model's name there and the
// few fields changed that this server (preset) is known to refuse.
import type { ChatBody, UpstreamRequest } from '../../dialects/chat/upstream-request.ts'
import { isObject } from '../../dialects/json.ts'
import type { Preset } from './presets.ts'

/** Fields that the provider does not know pass; it refuses them by name better than we could. */
export const toOpenAiBody = ({ body, target }: UpstreamRequest, preset: Preset): ChatBody => {
  const sent: ChatBody = { ...body, model: target.upstreamName }
  delete sent.models // the router's own
  renameMaxTokens(sent, preset.maxTokensField)
  if (!preset.takesDeveloperRole) sent.messages = body.messages.map(withoutDeveloper)
  if (!preset.takesStreamOptions) delete sent.stream_options
  if (body.stream !== true || !preset.takesStreamOptions) return sent
  const given = isObject(body.stream_options) ? body.stream_options : {}
  return { ...sent, stream_options: { ...given, include_usage: true } }
}

const renameMaxTokens = (sent: ChatBody, known: Preset['maxTokensField']): void => {
  if (known === 'both') return
  const other = known === 'max_tokens' ? 'max_completion_tokens' : 'max_tokens'
  if (sent[other] === undefined) return
  sent[known] ??= sent[other]
  delete sent[other]
}

const withoutDeveloper = (message: unknown): unknown =>
  isObject(message) && message.role === 'developer' ? { ...message, role: 'system' } : message
