// Headers that middleware adds to every reply. A reply that is made by `headed` gets them in the record that it is made of: through the
// response's own Headers they would be copied, validated, sorted and copied again, which costs as much as writing the reply.
import type { ServerResponse } from 'node:http'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import type { AppContext, HeaderSource } from '../request/app-env.ts'

/** Awaits `next`, and adds the headers to whatever came of it. */
export const addHeaders = async (
  c: AppContext,
  next: () => Promise<void>,
  source: HeaderSource,
): Promise<void> => {
  const sources = c.get('headerSources')
  if (sources) sources.push(source)
  else c.set('headerSources', [source])
  await next()
  if (c.res === c.get('headed')) return
  for (const [name, value] of Object.entries(source())) c.res.headers.set(name, value)
}

/** A reply's own headers and those of the middleware so far, the outermost last. */
const withAdded = (c: AppContext, headers: Record<string, string>): Record<string, string> => {
  const all = { ...headers }
  for (const source of (c.get('headerSources') ?? []).toReversed()) Object.assign(all, source())
  return all
}

interface Head {
  status: number
  headers: Record<string, string>
}

/** A reply with its own headers and those of the middleware. */
export const headed = (
  c: AppContext,
  body: string | ReadableStream<Uint8Array>,
  { status, headers }: Head,
): Response => {
  const response = new Response(body, { status, headers: withAdded(c, headers) })
  c.set('headed', response)
  return response
}

/** Status of a reply whose head is written here, since the response that stands for it has no other. */
export const SENT_STATUS = RESPONSE_ALREADY_SENT.status

/** The head, written to the socket; whoever calls it writes the body. @returns what the adapter takes for a reply that was sent */
export const sentHead = (
  c: AppContext,
  outgoing: Pick<ServerResponse, 'writeHead'>,
  headers: Record<string, string>,
): Response => {
  outgoing.writeHead(SENT_STATUS, withAdded(c, headers))
  c.set('headed', RESPONSE_ALREADY_SENT)
  return RESPONSE_ALREADY_SENT
}

/** Whether a handler's result is a reply. The response that was sent is none of the adapter's class. */
export const isReply = (answer: unknown): answer is Response =>
  answer === RESPONSE_ALREADY_SENT || answer instanceof Response
