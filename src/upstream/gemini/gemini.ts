// The upstream for Google's Gemini API (generateContent): OpenAI chat in, OpenAI chat out. Fields that Gemini has no equivalent for are
// refused by name before the call; a caller's body in Gemini's dialect is passed on unchanged.

import { withoutAllowedTools } from '../../dialects/chat/allowed-tools.ts'
import { withoutLegacyFunctions } from '../../dialects/chat/legacy-functions.ts'
import { fitToolNames, GEMINI_NAMES } from '../../dialects/chat/tool-names.ts'
import { toGeminiBody } from '../../dialects/gemini/request.ts'
import type { JsonObject } from '../../dialects/json.ts'
import { GEMINI_PARAMETERS } from '../parameters/targets.ts'
import { createHttpUpstream, type HttpUpstreamOptions } from '../provider/http-provider.ts'
import { checkPathPart } from '../provider/path-part.ts'
import type { Wire } from '../provider/wire.ts'
import type { AnswerStreamOptions } from '../stream/answer-stream.ts'
import type { Upstream } from '../upstream.ts'
import { type AnswerNames, readGeminiReply } from './reply.ts'
import { createGeminiStream } from './stream.ts'

/** Upstream of one Gemini provider. Errors as in the Upstream interface. */
export const createGeminiUpstream = (options: HttpUpstreamOptions): Upstream =>
  createHttpUpstream(createWire(options), options)

const createWire = ({ provider, now = Date.now }: HttpUpstreamOptions): Wire => ({
  kind: 'gemini',
  native: 'gemini',
  parameters: GEMINI_PARAMETERS,
  authHeaders: (key) => ({ 'x-goog-api-key': key }), // never as ?key=: URLs end up in logs
  toCall: (request) => {
    const { upstreamName } = request.target
    const model = checkPathPart(provider, upstreamName.replace(/^models\//, ''))
    const method =
      request.body.stream === true ? 'streamGenerateContent?alt=sse' : 'generateContent'
    const names: AnswerNames = {
      provider,
      model: upstreamName,
      requestId: request.requestId,
      created: Math.floor(now() / 1_000),
    }
    const call = {
      path: `/models/${model}:${method}`,
      readReply: (body: JsonObject) => readGeminiReply(body, names),
      createStream: (chat: AnswerStreamOptions) => createGeminiStream(chat, names),
    }
    if (request.native?.dialect === 'gemini') {
      const { model: _, ...body } = request.native.body
      return { ...call, body }
    }
    const asked = withoutAllowedTools(withoutLegacyFunctions(request.body))
    const { body, toolNames } = fitToolNames(asked, GEMINI_NAMES)
    return { ...call, body: toGeminiBody({ ...request, body }), toolNames }
  },
})
