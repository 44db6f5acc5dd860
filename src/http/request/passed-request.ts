// A request that is passed through: the model that it names, and the same body with the model's name at its provider. JSON
// or a form with files, as OpenAI's endpoints for pictures and speech take them.
import { type JsonObject, refuse } from '../../dialects/json.ts'
import { jsonChunks } from '../../dialects/json-pieces.ts'
import { RouterError } from '../../errors.ts'
import { takeTurn } from '../../jobs/loop-turn.ts'
import type { AppContext } from './app-env.ts'
import { wholeOf } from './body.ts'
import { parseBody } from './json.ts'

export interface PassedRequest {
  model: string
  /** The text that a model reads, where there is one: for what it will cost. */
  text: unknown
  /** The body with another model's name in it. */
  withModel(name: string): Promise<{ bytes: Uint8Array<ArrayBuffer>; contentType: string }>
}

const requireModel = (model: unknown): string =>
  typeof model === 'string' && model !== ''
    ? model
    : refuse('model', 'expected a configured model id; nothing is routed here')

const fromJson = async (chunks: Uint8Array[]): Promise<PassedRequest> => {
  const body = (await parseBody(chunks, takeTurn)) as JsonObject
  if (body.stream === true || body.stream_format === 'sse') {
    refuse('stream', 'answers are passed on whole here; leave it out')
  }
  return {
    model: requireModel(body.model),
    text: body.input ?? body.prompt,
    withModel: async (model) => ({
      bytes: Buffer.concat(await jsonChunks({ ...body, model }, takeTurn)),
      contentType: 'application/json',
    }),
  }
}

const fromForm = async (bytes: Uint8Array, contentType: string): Promise<PassedRequest> => {
  const headers = { 'content-type': contentType }
  const form = await new Response(Buffer.from(bytes), { headers }).formData().catch((cause) => {
    const message = 'The body is not the form that its content-type says.'
    throw new RouterError('invalid_request', message, { cause })
  })
  if (form.get('stream') === 'true')
    refuse('stream', 'answers are passed on whole here; leave it out')
  return {
    model: requireModel(form.get('model')),
    text: form.get('prompt'),
    withModel: async (name) => {
      form.set('model', name)
      const written = new Response(form)
      const type = written.headers.get('content-type') ?? contentType
      return { bytes: new Uint8Array(await written.arrayBuffer()), contentType: type }
    },
  }
}

/** @throws RouterError `invalid_json`, `invalid_request` naming the field */
export const readPassed = async (c: AppContext): Promise<PassedRequest> => {
  const contentType = c.req.header('content-type') ?? ''
  const chunks = c.get('bodyChunks')
  c.set('bodyChunks', [])
  return /^multipart\/form-data\b/i.test(contentType)
    ? fromForm(wholeOf(chunks), contentType)
    : fromJson(chunks)
}
