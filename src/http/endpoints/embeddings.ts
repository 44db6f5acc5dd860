// POST /v1/embeddings: by the routing encoder under its own name, or by a configured model at its provider.
import { embeddedTokens } from '../../core/decide/expected-tokens.ts'
import { requirePermitted } from '../../core/decide/permitted.ts'
import { type JsonObject, refuse } from '../../dialects/json.ts'
import { reserveEmbeddings, spentOnEmbeddings } from '../middleware/charge.ts'
import { orClientClosed } from '../middleware/client-closed.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { defineEndpoint } from '../request/endpoint.ts'
import { principalOf } from '../request/principal.ts'
import {
  type EncodingFormat,
  embeddingsJson,
  embeddingsRequestSchema,
  embeddingsResponseSchema,
  inFormat,
  textsOf,
} from './embeddings-json.ts'

interface Asked {
  model: string
  format: EncodingFormat
  dimensions: number | null
  body: JsonObject
}

interface Metered {
  /** Null for the local encoder. */
  model: string | null
  input: unknown
}

/** Reserves the input's tokens while `work` runs, then charges the actual ones. */
const metered = async <T>(
  c: AppContext,
  deps: HttpDeps,
  { model, input }: Metered,
  work: () => Promise<[made: T, tokens: number]>,
): Promise<T> => {
  const reservation = reserveEmbeddings(deps, principalOf(c), { model, input })
  try {
    const [made, tokens] = await work()
    reservation.settle(spentOnEmbeddings(deps, model, tokens))
    return made
  } catch (error) {
    reservation.settle()
    throw error
  }
}

/** The provider's count, else an estimate. */
const tokensOf = ({ usage }: JsonObject, input: unknown): number => {
  const { prompt_tokens: tokens } = (usage ?? {}) as JsonObject
  return typeof tokens === 'number' && tokens > 0 ? tokens : embeddedTokens(input)
}

const answerLocally = async (c: AppContext, deps: HttpDeps, asked: Asked): Promise<Response> => {
  const { embeddings } = deps
  const texts = textsOf(asked.body.input)
  const size = embeddings.localDimensions()
  if (asked.dimensions !== null && asked.dimensions !== size) {
    refuse(
      'dimensions',
      `the local encoder's vectors have ${size} dimensions and cannot be shortened`,
    )
  }
  const { signal } = c.req.raw
  const work = metered(c, deps, { model: null, input: texts }, async () => {
    const made = await embeddings.embedLocally(texts, signal)
    return [made, made.tokens]
  })
  const { vectors, tokens } = await orClientClosed(signal, work)
  const { format } = asked
  const text = await embeddingsJson(vectors, { format, model: embeddings.localModel, tokens })
  return c.body(text, 200, { 'content-type': 'application/json' })
}

export const createEmbedding = defineEndpoint({
  id: 'createEmbedding',
  method: 'post',
  path: '/v1/embeddings',
  access: 'inference',
  summary: 'Vectors of texts, by the local encoder or by a configured model.',
  request: embeddingsRequestSchema,
  model: 'named',
  response: embeddingsResponseSchema,
  handler:
    (deps) =>
    async (c, { request }) => {
      const { dimensions = null } = request
      const model = c.get('named')?.model ?? request.model
      const format = request.encoding_format ?? 'float'
      const body = c.get('json') as JsonObject
      if (deps.embeddings.isLocal(model)) {
        return answerLocally(c, deps, { model, format, dimensions, body })
      }
      if (body.input == null) refuse('input', 'expected a string or an array')
      const { signal } = c.req.raw
      const requestId = c.get('requestId')
      const trace = c.get('trace')
      if (Object.hasOwn(deps.config.models, model)) {
        requirePermitted(principalOf(c), { kind: 'model', model })
      }
      const work = metered(c, deps, { model, input: body.input }, async () => {
        const asked = { body, requestId, signal, ...(trace && { trace }) }
        const made = await deps.embeddings.embedUpstream(model, asked)
        return [made, tokensOf(made, body.input)]
      })
      return c.json(inFormat(await orClientClosed(signal, work), format))
    },
})
