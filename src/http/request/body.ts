// Reads a request's body up to the limit. The rest of a longer body is read and discarded, so that the answer reaches a client that is
// still sending, and the connection stays usable.
import type { IncomingMessage } from 'node:http'
import { RouterError } from '../../errors.ts'
import type { AppContext } from './app-env.ts'
import type { HeldBody } from './body-budget.ts'

/** Most bytes that are discarded; with more left, the connection is closed after the answer. */
const MAX_FORGOTTEN_BYTES = 67_108_864

/** The budget's reservation for a body, and its size limit. */
interface Room {
  limit: number
  held: HeldBody
}

export const tooLarge = (limit: number): RouterError =>
  new RouterError(
    'body_too_large',
    `The body exceeds ${limit} bytes; the limit is the setting server.max_body_bytes.`,
  )

/** Marks an error for a connection with unread bytes of the body. */
const withSpentConnection = (error: RouterError): RouterError =>
  new RouterError(error.code, error.message, {
    details: { ...error.details, isConnectionSpent: true },
  })

/** Chunks one after the other, however it comes to an end. Leaving it midway keeps the connection. */
type Reader = Pick<AsyncIterator<Uint8Array, undefined>, 'next'>

/** Discards the rest of the body. @returns the error to answer with */
const afterTheRest = async (reader: Reader, error: RouterError): Promise<RouterError> => {
  for (let size = 0; size <= MAX_FORGOTTEN_BYTES; ) {
    const { done, value } = await reader.next()
    if (done) return error
    size += value.byteLength
  }
  // The reader is left, not ended: ending it destroys the socket that the answer needs.
  return withSpentConnection(error)
}

/** The error for a body of this size; null where it is accepted, and its room reserved. */
const refusalOf = ({ limit, held }: Room, bytes: number): RouterError | null => {
  if (bytes > limit) return tooLarge(limit)
  return held.grow(bytes) ? null : held.refusal()
}

const readChunks = async (reader: Reader, room: Room): Promise<Uint8Array[]> => {
  const chunks: Uint8Array[] = []
  for (let size = 0; ; ) {
    const { done, value } = await reader.next()
    if (done) return chunks
    size += value.byteLength
    const refusal = refusalOf(room, size)
    if (refusal !== null) {
      chunks.length = 0
      room.held.release()
      throw await afterTheRest(reader, refusal)
    }
    chunks.push(value)
  }
}

/** The declared length; 0 for a chunked body, whose length is only known at its end. */
const declaredLength = (c: AppContext): number => {
  const declared = c.req.header('content-length')
  const isChunked = declared === undefined || c.req.header('transfer-encoding') !== undefined
  return isChunked ? 0 : Number(declared)
}

/**
 * Of the socket where there is one: a web stream around it costs as much as all the rest of reading a body. In process it
 * is the request's own.
 */
const readerOf = (c: AppContext): Reader | undefined => {
  const incoming = c.env?.incoming
  if (!incoming) return c.req.raw.body?.values({ preventCancel: true })
  return incoming.iterator({ destroyOnReturn: false })
}

/** The chunks of a socket by its events; an iterator around it costs five times as much, and serves only to forget what is too long. */
const collect = (incoming: IncomingMessage, room: Room): Promise<Uint8Array[]> =>
  new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = []
    let size = 0
    const leave = (): void => {
      incoming.off('data', onData).off('end', onEnd).off('error', onBreak).off('close', onBreak)
    }
    const onData = (chunk: Buffer): void => {
      size += chunk.length
      const refusal = refusalOf(room, size)
      if (refusal === null) return void chunks.push(chunk)
      leave()
      incoming.pause()
      room.held.release()
      void afterTheRest(incoming.iterator({ destroyOnReturn: false }), refusal).then(reject, reject)
    }
    const onEnd = (): void => {
      leave()
      resolve(chunks)
    }
    const onBreak = (error: unknown): void => {
      leave()
      reject(error ?? new Error('The connection was closed.'))
    }
    incoming.on('data', onData).on('end', onEnd).on('error', onBreak).on('close', onBreak)
  })

/** @throws RouterError `body_too_large`, `overloaded`; whatever ends the connection */
export const readBody = async (c: AppContext, room: Room): Promise<Uint8Array[]> => {
  const declared = declaredLength(c)
  const refusal = refusalOf(room, declared)
  if (refusal && declared > MAX_FORGOTTEN_BYTES) throw withSpentConnection(refusal)
  const incoming = c.env?.incoming
  if (incoming && !refusal && !incoming.destroyed) return collect(incoming, room)
  const reader = readerOf(c)
  if (!reader) return []
  if (refusal) throw await afterTheRest(reader, refusal)
  return readChunks(reader, room)
}

export const sizeOf = (chunks: readonly Uint8Array[]): number =>
  chunks.reduce((size, { byteLength }) => size + byteLength, 0)

/** The chunks joined. */
export const wholeOf = (chunks: readonly Uint8Array[]): Uint8Array => {
  const [only] = chunks
  return chunks.length === 1 && only ? only : Buffer.concat(chunks)
}
