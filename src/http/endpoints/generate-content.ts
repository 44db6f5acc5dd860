// POST /v1beta/models/{model}:generateContent, :streamGenerateContent and :countTokens: Gemini's dialect. The pipeline gets the body
// twice: translated for any model, and unchanged for a provider of kind gemini.
import { z } from 'zod'
import { createNameModel } from '../../core/decide/named-model.ts'
import type { ReplyDialect } from '../../dialects/chat/reply-dialect.ts'
import type { NativeBody } from '../../dialects/chat/upstream-request.ts'
import { translateEvents } from '../../dialects/event-stream.ts'
import { fieldsOf } from '../../dialects/gemini/inbound-names.ts'
import { toGenerateContent } from '../../dialects/gemini/inbound-reply.ts'
import { fromGemini, type TranslatedGemini } from '../../dialects/gemini/inbound-request.ts'
import {
  geminiCountRequestSchema,
  generateContentRequestSchema,
  generateContentResponseSchema,
} from '../../dialects/gemini/inbound-schema.ts'
import { createGeminiWriter } from '../../dialects/gemini/inbound-stream.ts'
import { type JsonObject, refuse } from '../../dialects/json.ts'
import { COUNT_HEADERS, createTokenCount } from '../relay/count-tokens.ts'
import { serveChat } from '../relay/serve-chat.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { defineEndpoint, type EndpointFacts } from '../request/endpoint.ts'
import { validate } from '../request/validate.ts'

const MAX_MODEL_CHARS = 256

type NameModel = ReturnType<typeof createNameModel>

/** Some clients write the prefix `models/` twice. */
const nameIn = (c: AppContext, action: string): string => {
  const name = (c.req.param('model') ?? '').slice(0, -action.length - 1)
  const model = name.startsWith('models/') ? name.slice('models/'.length) : name
  return model.length > MAX_MODEL_CHARS ? refuse('model', 'is too long') : model
}

/** Resolves the name in the path, like `model` of a body elsewhere. */
const modelOf = (c: AppContext, action: string, nameModel: NameModel): string => {
  const named = nameModel(nameIn(c, action), true)
  c.set('named', named)
  return named.model
}

const nativeOf = (
  body: JsonObject,
  { untranslatable, dropped }: Pick<TranslatedGemini, 'untranslatable' | 'dropped'>,
): NativeBody => ({ dialect: 'gemini', body, headers: {}, untranslatable, dropped })

const dialectOf = (wantsThoughts: boolean): ReplyDialect => ({
  name: 'gemini',
  json: (body) => toGenerateContent(body, wantsThoughts),
  stream: (source) => translateEvents(source, createGeminiWriter(wantsThoughts)),
})

type Action = 'generateContent' | 'streamGenerateContent'

const serveAs = (action: Action) => (deps: HttpDeps) => {
  const nameModel = createNameModel(deps.config)
  const isStream = action === 'streamGenerateContent'
  return (c: AppContext): Promise<Response> => {
    const request = c.get('json') as JsonObject
    const model = modelOf(c, action, nameModel)
    const translated = fromGemini(request, { model, isStream })
    return serveChat(c, deps, {
      body: translated.body,
      native: nativeOf(request, translated),
      sessionId: null,
      dialect: dialectOf(translated.wantsThoughts),
    })
  }
}

const facts = {
  method: 'post',
  access: 'inference',
  request: generateContentRequestSchema,
  response: generateContentResponseSchema,
  isRouted: true,
} satisfies Partial<EndpointFacts>

export const generateContent = defineEndpoint({
  ...facts,
  id: 'generateContent',
  path: '/v1beta/models/:model{.+:generateContent}',
  summary: "The same in Gemini's dialect, whatever kind of provider serves it.",
  handler: serveAs('generateContent'),
})

export const streamGenerateContent = defineEndpoint({
  ...facts,
  id: 'streamGenerateContent',
  path: '/v1beta/models/:model{.+:streamGenerateContent}',
  summary: 'The same as server-sent events; `?alt=sse` is required.',
  query: z.object({
    alt: z.literal('sse', { error: 'expected sse: answers are streamed as server-sent events' }),
  }),
  isStreamable: true,
  handler: serveAs('streamGenerateContent'),
})

/** The counted request: `contents` alone, or a whole generateContent request. */
const countedOf = (body: JsonObject): JsonObject => {
  const { contents, generateContentRequest } = fieldsOf(body)
  const request = generateContentRequest ?? { contents }
  validate(generateContentRequestSchema, fieldsOf(request))
  return request as JsonObject
}

export const countGeminiTokens = defineEndpoint({
  id: 'countGeminiTokens',
  method: 'post',
  path: '/v1beta/models/:model{.+:countTokens}',
  access: 'inference',
  summary: 'Tokens of a Gemini prompt, by our estimate.',
  request: geminiCountRequestSchema,
  response: z.strictObject({ totalTokens: z.int() }),
  headers: COUNT_HEADERS,
  handler: (deps) => {
    const nameModel = createNameModel(deps.config)
    const countTokens = createTokenCount(deps)
    return async (c) => {
      const request = countedOf(c.get('json') as JsonObject)
      const model = modelOf(c, 'countTokens', nameModel)
      const translated = fromGemini(request, { model, isStream: false })
      const { body } = translated
      const native = nativeOf(request, translated)
      return { totalTokens: await countTokens(c, { model, body, native }) }
    }
  },
})
