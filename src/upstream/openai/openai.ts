// The upstream for any OpenAI-compatible API: chat completions in, chat completions out, all but untouched. What servers
// do differently is in presets.ts.

import { openAiParameters } from '../parameters/targets.ts'
import { type PresetName, presetNameOf, presetOf } from '../presets/presets.ts'
import { createHttpUpstream, type HttpUpstreamOptions } from '../provider/http-provider.ts'
import type { Wire } from '../provider/wire.ts'
import { createChatStream } from '../stream/chat-stream.ts'
import type { Upstream } from '../upstream.ts'
import { createChatPath } from './path.ts'
import { readChatCompletion } from './reply.ts'
import { toOpenAiCall } from './request.ts'

export interface OpenAiUpstreamOptions extends HttpUpstreamOptions {
  /** Not given: by the host of the base URL. */
  preset?: PresetName | undefined
  /** For Azure. */
  apiVersion?: string | undefined
}

/** Upstream of one OpenAI-compatible provider. Errors as in the Upstream interface. */
export const createOpenAiUpstream = (options: OpenAiUpstreamOptions): Upstream =>
  createHttpUpstream(createWire(options), options)

const createWire = (options: OpenAiUpstreamOptions): Wire => {
  const { provider, baseUrl, apiVersion } = options
  const preset = presetOf(options.preset, baseUrl)
  const pathOf = createChatPath({ provider, preset, baseUrl, ...(apiVersion && { apiVersion }) })
  return {
    kind: 'openai',
    authHeaders: (key) =>
      preset.keyHeader === 'api-key' ? { 'api-key': key } : { authorization: `Bearer ${key}` },
    embeddingsPath: (name) => pathOf(name).replace('/chat/completions', '/embeddings'),
    parameters: openAiParameters(presetNameOf(options.preset, baseUrl)),
    toCall: (request) => ({
      path: pathOf(request.target.upstreamName),
      ...toOpenAiCall(request, preset),
      readReply: (body) => readChatCompletion(provider, body),
      createStream: createChatStream,
    }),
  }
}
