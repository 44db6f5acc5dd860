// One POST to a provider: with a key that is bound to this origin, repeated with the next key where the provider refuses the first.
// Resolves with a 2xx answer of the requested content type. Nothing has reached the client by then, so it does not notice other keys.

import type { Logger } from '../../core/logger.ts'
import { invalidAnswer } from '../../dialects/invalid-answer.ts'
import { parseObject } from '../../dialects/json.ts'
import { editedText } from '../../dialects/json-members.ts'
import { isLongJson, jsonChunks } from '../../dialects/json-pieces.ts'
import { textOfValue, writeJson } from '../../dialects/lossless-json.ts'
import type { RouterError } from '../../errors.ts'
import { takeTurn } from '../../jobs/loop-turn.ts'
import type { Fetch, FetchedResponse, FetchInit } from '../egress/fetch-port.ts'
import {
  interrupted,
  networkError,
  type ProviderIdentity,
  statusError,
} from '../failure/provider-error.ts'
import { isKeyRefusal, type KeyRing, type ProviderKey } from '../keys/key-ring.ts'
import type { LiveCall } from '../timing/live-call.ts'
import { withoutAddressing } from './addressing-fields.ts'
import { type BodyBytes, readBody } from './read-body.ts'

const MAX_ERROR_BYTES = 64 * 1024

export interface PostContext extends ProviderIdentity {
  baseUrl: string
  extraHeaders: Record<string, string>
  keyRing: KeyRing
  fetch: Fetch
  logger: Logger
  /** Milliseconds since the epoch. */
  now: () => number
}

export interface PostRequest {
  /** Appended to the base URL. */
  path: string
  headers: Record<string, string>
  authHeaders: (key: string) => Record<string, string>
  /** Bytes are sent unchanged, with the content type in `headers`. */
  body: Record<string, unknown> | Uint8Array<ArrayBuffer>
  /** The caller's own body, where `body` is an edited copy of it. */
  source?: Record<string, unknown> | undefined
  isStream: boolean
  requestId: string
  call: LiveCall
}

export interface BodyText {
  text: string
  /** True where the body was longer; `text` is then its beginning. */
  isCut: boolean
}

export interface Exchange {
  response: FetchedResponse
  call: LiveCall
}

/**
 * Resolves with a 2xx answer that is not a web page, its body unread.
 * @throws RouterError `upstream_*`: the refusal of the last key that was tried, a redirect, a web page, a dead network.
 */
export const post = async (context: PostContext, request: PostRequest): Promise<Exchange> => {
  const { keyRing, provider, logger } = context
  const { call, requestId } = request
  const encoded = encode(request)
  const body = encoded instanceof Promise ? await encoded : encoded
  for (let tried: ProviderKey[] = []; ; ) {
    const key = keyRing.next(tried)
    const response = await send(context, { key, ...request, body })
    if (response.ok && response.status !== 204) {
      // JSON and events are distinguished by the body itself: servers often send the wrong content type.
      const type = response.headers.get('content-type') ?? ''
      if (!/^text\/html\b/i.test(type)) return { response, call }
      throw await discard(response, notACompletion(context, type))
    }
    const error = await refusal(context, { response, call })
    const { status, retryAfterMs } = error.details
    if (key === null || typeof status !== 'number' || !isKeyRefusal(status)) throw error
    keyRing.cool(key, { status, retryAfterMs })
    tried = [...tried, key]
    if (keyRing.next(tried) === null) throw error
    const logFields = { requestId, provider, status, keyNumber: key.number }
    logger.warn(logFields, 'the provider refused a key, the next one is tried')
  }
}

/** Longer bodies are serialised in several turns of the event loop; http/request/json.ts does not keep their text. */
const LONG_CHARS = 1_048_576

/** Unedited parts of the caller's body keep their original bytes. A promise only of a long body. */
const encode = ({ body, source }: PostRequest): FetchInit['body'] | Promise<FetchInit['body']> => {
  if (body instanceof Uint8Array) return body
  const sent = withoutAddressing(body)
  const text = source && textOfValue(source)
  if (source && text !== undefined) return editedText(text, source, sent)
  return isLongJson(sent, LONG_CHARS) ? jsonChunks(sent, takeTurn) : writeJson(sent)
}

interface EncodedRequest extends Omit<PostRequest, 'body'> {
  body: FetchInit['body']
  key: ProviderKey | null
}

const send = async (context: PostContext, sent: EncodedRequest): Promise<FetchedResponse> => {
  const { call, key, isStream, path } = sent
  const url = context.baseUrl + path
  const auth = key === null ? {} : sent.authHeaders(context.keyRing.reveal(key, url))
  // The headers of an answer without streaming come with its last token, so it has its own timeout.
  const phase = isStream ? 'first_byte' : 'whole_answer'
  call.startTimer(phase)
  try {
    return await context.fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        accept: isStream ? 'text/event-stream' : 'application/json',
        'user-agent': 'signalbox',
        ...context.extraHeaders,
        ...sent.headers,
        ...auth,
      },
      body: sent.body,
      redirect: 'manual', // following would carry prompt and key to wherever the provider points
      signal: call.signal,
    })
  } catch (error) {
    throw call.failure ?? networkError(context.provider, error)
  } finally {
    call.stopTimer(phase)
  }
}

const refusal = async (
  context: PostContext,
  { response, call }: Exchange,
): Promise<RouterError> => {
  const { provider, keys } = context
  const { status, headers } = response
  if (status < 400) {
    const isRedirect = status >= 300
    const problem = `answered with status ${status}${isRedirect ? '; redirects are not followed' : ''}`
    return discard(response, invalidAnswer(provider, problem, { status, isRetryable: !isRedirect }))
  }
  const text = await readText(context, { response, call, maxBytes: MAX_ERROR_BYTES }).then(
    (body) => body.text,
    () => '', // the status alone says enough
  )
  if (call.failure !== null) return call.failure
  const payload = parseObject(text) ?? (/^\s*</.test(text) ? null : text)
  return statusError({ provider, keys, status, headers, payload, nowMs: context.now() })
}

const notACompletion = ({ provider }: ProviderIdentity, type: string): RouterError =>
  invalidAnswer(provider, `answered with ${type.slice(0, 60)}, which is not what was asked for`)

/** Frees the socket of a response that nobody will read. */
const discard = async (response: FetchedResponse, error: RouterError): Promise<RouterError> => {
  await response.body?.cancel()
  return error
}

const decoder = new TextDecoder()

/** The answer's text up to `maxBytes`; rejects with the reason that ended the call, or `upstream_interrupted`. */
export const readText = async (
  context: ProviderIdentity,
  exchange: Exchange & { maxBytes: number },
): Promise<BodyText> => {
  const { bytes, isCut } = await readAll(context, exchange)
  return { text: decoder.decode(bytes), isCut }
}

/** The same as bytes. */
export const readAll = async (
  context: ProviderIdentity,
  { response, call, maxBytes }: Exchange & { maxBytes: number },
): Promise<BodyBytes> => {
  try {
    return await readBody(response, maxBytes, call)
  } catch (error) {
    throw call.failure ?? interrupted(context.provider, error)
  }
}
