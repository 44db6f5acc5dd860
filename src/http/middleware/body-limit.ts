// Reads the body, at most `server.max_body_bytes` of it: a declared length that is too long is refused unread, a chunked
// body as soon as it exceeds the limit. Never builds a new Request: with the adapter's `overrideGlobalObjects: false`
// that fails for chunked bodies (hono's own body-limit answers 500 there). A compressed body is held to the limit twice.
import { RouterError } from '../../errors.ts'
import type { AppContext, Middleware } from '../request/app-env.ts'
import { decodeBody, isEncoded } from './content-encoding.ts'

const tooLarge = (limit: number): RouterError =>
  new RouterError(
    'body_too_large',
    `The body exceeds ${limit} bytes; the limit is the setting server.max_body_bytes.`,
  )

const readLimited = async (
  body: ReadableStream<Uint8Array> | null,
  limit: number,
): Promise<Uint8Array> => {
  if (!body) return new Uint8Array()
  const chunks: Uint8Array[] = []
  let size = 0
  const reader = body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return Buffer.concat(chunks)
    size += value.byteLength
    // The reader is left, not cancelled: cancelling destroys the socket that the answer needs. The adapter drains it.
    if (size > limit) throw tooLarge(limit)
    chunks.push(value)
  }
}

const readBody = async (c: AppContext, limit: number): Promise<Uint8Array> => {
  const declared = c.req.header('content-length')
  if (declared === undefined || c.req.header('transfer-encoding') !== undefined) {
    return readLimited(c.req.raw.body, limit)
  }
  if (!(Number(declared) <= limit)) throw tooLarge(limit)
  // Node's parser ends the body at the declared length; in process nothing does.
  const bytes = new Uint8Array(await c.req.raw.arrayBuffer())
  if (bytes.byteLength > limit) throw tooLarge(limit)
  return bytes
}

/** @throws RouterError `body_too_large`, `unsupported_encoding`; `client_closed` where the body breaks off. */
export const bodyLimit = (limit: number): Middleware =>
  async function bodyLimit(c, next) {
    const bytes = await readBody(c, limit).catch((error: unknown) => {
      if (error instanceof RouterError) throw error
      throw new RouterError(
        'client_closed',
        'The request broke off before its body was complete.',
        {
          cause: error,
        },
      )
    })
    c.get('work')?.touch()
    const encoding = c.req.header('content-encoding')
    const decoding = { limit, tooLong: () => tooLarge(limit) }
    const decoded = isEncoded(encoding) ? decodeBody(bytes, { encoding, ...decoding }) : bytes
    c.set('bodyBytes', await decoded)
    await next()
  }
