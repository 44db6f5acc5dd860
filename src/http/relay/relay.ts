// Relays the upstream's stream to the client's socket. A failed stream must not look complete, so the socket is destroyed after its
// last byte, without a terminating chunk. Also ends clients that stop reading.
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { ByteReader } from '../../dialects/byte-reader.ts'
import { createDeferred } from '../../jobs/deferred.ts'
import type { RelayEnd } from '../request/app-env.ts'

export interface RelayOptions {
  source: ByteReader
  /** A client that reads nothing for this long is disconnected. */
  stallTimeoutMs: number
}

export type RelayOutgoing = Pick<
  ServerResponse,
  | 'destroy'
  | 'destroyed'
  | 'end'
  | 'flushHeaders'
  | 'headersSent'
  | 'off'
  | 'once'
  | 'socket'
  | 'write'
>

/** Longest wait for the client to read an error event before its socket is destroyed. */
const FLUSH_TIMEOUT_MS = 5_000

/**
 * Ends a response without ending its body. Written bytes are flushed first: `destroy()` alone would lose those that Node corked in
 * this turn, which include the error event.
 */
const cutSocket = async (outgoing: RelayOutgoing): Promise<void> => {
  // The adapter may buffer the first chunks for a turn before it writes the headers.
  do await nextTurn()
  while (!outgoing.headersSent && !outgoing.destroyed)
  const { socket } = outgoing
  if (!socket || socket.destroyed) return
  const timer = setTimeout(() => socket.destroy(), FLUSH_TIMEOUT_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.destroySoon()
}

/** Waits until the client has read; false where it reads nothing for so long, or has gone. */
const hasRead = (outgoing: RelayOutgoing, timeoutMs: number): Promise<boolean> =>
  new Promise((resolve) => {
    const settle = (isRead: boolean) => (): void => {
      clearTimeout(timer)
      outgoing.off('drain', onDrain)
      outgoing.off('close', onClose)
      resolve(isRead)
    }
    const onDrain = settle(true)
    const onClose = settle(false)
    const timer = setTimeout(onClose, timeoutMs)
    outgoing.once('drain', onDrain)
    outgoing.once('close', onClose)
  })

/** Writes what the source gives, as fast as the client reads. @throws what broke the source */
const pump = async (
  { source, stallTimeoutMs }: RelayOptions,
  outgoing: RelayOutgoing,
): Promise<RelayEnd> => {
  for (let isFirst = true; ; isFirst = false) {
    let piece = source.next()
    if (piece instanceof Promise) {
      if (isFirst) outgoing.flushHeaders()
      piece = await piece
    }
    if (outgoing.destroyed) return 'client_closed'
    if (piece === null) {
      outgoing.end()
      return 'complete'
    }
    if (!outgoing.write(piece) && !(await hasRead(outgoing, stallTimeoutMs))) {
      return outgoing.destroyed ? 'client_closed' : 'stalled'
    }
  }
}

/**
 * Relays to a response whose head is written, without web streams, each of which costs as much as all of this. Reads the source only
 * when the client reads.
 */
export const relayToSocket = async (
  options: RelayOptions,
  outgoing: RelayOutgoing,
): Promise<RelayEnd> => {
  const { source } = options
  let hasLeft = false
  const leave = (): void => {
    hasLeft = true
    source.cancel(new Error('The client has left.'))
  }
  outgoing.once('close', leave)
  try {
    const end = await pump(options, outgoing)
    outgoing.off('close', leave)
    if (end !== 'complete' && !hasLeft) leave()
    if (end === 'stalled') outgoing.destroy()
    return end
  } catch {
    if (hasLeft) return 'client_closed'
    outgoing.off('close', leave)
    await cutSocket(outgoing)
    return 'interrupted'
  }
}

type Controller = ReadableStreamDefaultController<Uint8Array>

/**
 * The same as a web response: for requests within the process, and for answers to which other middleware adds headers. Over a socket
 * the body of a broken stream stays open until the socket's close cancels it: an errored body would make the adapter print the error
 * and destroy the socket before the bytes of this turn are sent (measured: 0 of 7 events).
 */
export const relayAsResponse = (
  { source, stallTimeoutMs }: RelayOptions,
  outgoing?: RelayOutgoing,
): { body: ReadableStream<Uint8Array>; end: Promise<RelayEnd> } => {
  const end = createDeferred<RelayEnd>()
  let controller: Controller | null = null
  let timer: NodeJS.Timeout | undefined
  const stall = (): void => {
    end.resolve('stalled')
    const reason = new Error('The client stopped reading.')
    source.cancel(reason)
    if (outgoing) outgoing.destroy()
    else controller?.error(reason)
  }
  const pull = async (given: Controller): Promise<void> => {
    clearTimeout(timer)
    controller = given
    try {
      const piece = await source.next()
      if (piece !== null) {
        given.enqueue(piece)
        timer = setTimeout(stall, stallTimeoutMs)
        return
      }
      given.close()
      end.resolve('complete')
    } catch (error) {
      end.resolve('interrupted')
      if (outgoing) await cutSocket(outgoing)
      else given.error(error)
    }
  }
  const cancel = (reason: unknown): void => {
    clearTimeout(timer)
    end.resolve('client_closed')
    source.cancel(reason)
  }
  return { body: new ReadableStream({ pull, cancel }, { highWaterMark: 0 }), end: end.promise }
}
