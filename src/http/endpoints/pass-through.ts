// Images, speech and moderation: passed through to the configured model that the request names, never routed. Access, limits,
// budgets, egress rules and errors are the same as for other calls.
import { z } from 'zod'
import { embeddedTokens } from '../../core/decide/expected-tokens.ts'
import { requirePermitted } from '../../core/decide/permitted.ts'
import { isObject, parseObject } from '../../dialects/json.ts'
import { reserveEmbeddings, spentOnTokens } from '../middleware/charge.ts'
import { orClientClosed } from '../middleware/client-closed.ts'
import type { AppContext } from '../request/app-env.ts'
import type { HttpDeps } from '../request/deps.ts'
import { defineEndpoint } from '../request/endpoint.ts'
import { readPassed } from '../request/passed-request.ts'
import { principalOf } from '../request/principal.ts'

const count = (value: unknown): number => (typeof value === 'number' ? value : 0)

/** The provider's count, by either of OpenAI's names; else an estimate of the input. */
const tokensOf = (
  { bytes, contentType }: { bytes: Uint8Array; contentType: string },
  text: unknown,
) => {
  const body = contentType.startsWith('application/json')
    ? parseObject(new TextDecoder().decode(bytes))
    : null
  const usage = isObject(body?.usage) ? body.usage : {}
  const promptTokens = count(usage.input_tokens ?? usage.prompt_tokens)
  const completionTokens = count(usage.output_tokens ?? usage.completion_tokens)
  if (promptTokens + completionTokens > 0) return { promptTokens, completionTokens }
  return { promptTokens: embeddedTokens(text ?? ''), completionTokens: 0 }
}

const pass = async (c: AppContext, deps: HttpDeps, path: string): Promise<Response> => {
  const passed = await readPassed(c)
  const { model, text } = passed
  const principal = principalOf(c)
  if (Object.hasOwn(deps.config.models, model))
    requirePermitted(principal, { kind: 'model', model })
  const { signal } = c.req.raw
  const requestId = c.get('requestId')
  const reservation = reserveEmbeddings(deps, principal, { model, input: text ?? '' })
  const trace = c.get('trace')
  const asked = { path, withModel: passed.withModel, requestId, signal, ...(trace && { trace }) }
  const work = deps.forward(model, asked)
  const answer = await orClientClosed(signal, work).catch((error) => {
    reservation.settle()
    throw error
  })
  reservation.settle(spentOnTokens(deps, model, tokensOf(answer, text)))
  return c.body(Buffer.from(answer.bytes), 200, { 'content-type': answer.contentType })
}

const passedBody = z
  .looseObject({ model: z.string().describe('A configured model id.') })
  .describe('As OpenAI takes it, JSON or a form; a `model` is required.')

const PATHS: [id: string, path: `/v1/${string}`, summary: string][] = [
  ['createImage', '/v1/images/generations', 'Pictures by the model named.'],
  ['editImage', '/v1/images/edits', 'Pictures changed by the model named.'],
  ['varyImage', '/v1/images/variations', 'Variations of a picture by the model named.'],
  ['createSpeech', '/v1/audio/speech', 'A text spoken by the model named.'],
  ['transcribe', '/v1/audio/transcriptions', 'Speech written down by the model named.'],
  [
    'translateSpeech',
    '/v1/audio/translations',
    'Speech written down in English by the model named.',
  ],
  ['moderate', '/v1/moderations', 'A text judged by the model named.'],
]

export const passThrough = PATHS.map(([id, path, summary]) =>
  defineEndpoint({
    id,
    method: 'post',
    path,
    access: 'inference',
    summary,
    request: passedBody,
    body: 'raw',
    handler: (deps) => (c) => pass(c, deps, path.slice('/v1'.length)),
  }),
)
