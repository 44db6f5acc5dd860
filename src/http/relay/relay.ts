// The upstream's stream → the client's socket. A stream that errored must not look complete, so the socket is destroyed
// after its last byte: no terminating chunk. Also ends clients that stop reading.
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createDeferred } from '../../jobs/deferred.ts'
import type { RelayEnd } from '../request/app-env.ts'

export interface RelayOptions {
  source: ReadableStream<Uint8Array>
  /** Node's response; absent in process, where the stream itself errors. */
  outgoing?: ServerResponse | undefined
  /** A client that takes nothing for so long is cut off. */
  stallTimeoutMs: number
}

/** How long an unread error event may hold a socket that is to be destroyed. */
const FLUSH_TIMEOUT_MS = 5_000

/**
 * Ends a response without ending its body. Bytes already written are flushed first: `destroy()` alone loses what Node
 * has corked in this turn, which is the error event.
 */
const cutSocket = async (outgoing: ServerResponse): Promise<void> => {
  // The adapter may hold the first chunks back for a turn before it writes headers.
  do await nextTurn()
  while (!outgoing.headersSent && !outgoing.destroyed)
  const { socket } = outgoing
  if (!socket || socket.destroyed) return
  const timer = setTimeout(() => socket.destroy(), FLUSH_TIMEOUT_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.destroySoon()
}

/** Calls `onStall` where the client takes nothing for `timeoutMs` after a chunk was handed over. */
const createStallWatch = (timeoutMs: number, onStall: () => void) => {
  let timer: NodeJS.Timeout | undefined
  const stop = () => clearTimeout(timer)
  const start = () => {
    timer = setTimeout(onStall, timeoutMs)
  }
  return { start, stop }
}

type Controller = ReadableStreamDefaultController<Uint8Array>

/** The stream to answer with, and how it ended. Reads the source only when the client reads. */
export const relay = (
  options: RelayOptions,
): { body: ReadableStream<Uint8Array>; end: Promise<RelayEnd> } => {
  const { outgoing } = options
  const reader = options.source.getReader()
  const end = createDeferred<RelayEnd>()
  let fail: (reason: unknown) => void = () => {}
  const stall = createStallWatch(options.stallTimeoutMs, () => {
    end.resolve('stalled')
    const reason = new Error('The client stopped reading.')
    void reader.cancel(reason).catch(() => {}) // the source's own end reports its failure
    if (outgoing) outgoing.destroy()
    else fail(reason)
  })
  const pull = async (controller: Controller) => {
    stall.stop()
    fail = (reason) => controller.error(reason)
    try {
      const { done, value } = await reader.read()
      if (!done) {
        controller.enqueue(value)
        return stall.start()
      }
      controller.close()
      end.resolve('complete')
    } catch (error) {
      end.resolve('interrupted')
      // Over a socket the body stays open until the socket's close cancels it: erroring it would make the adapter
      // print the error and destroy the socket before a byte of this turn has left (measured: 0 of 7 events).
      if (outgoing) await cutSocket(outgoing)
      else fail(error)
    }
  }
  const cancel = (reason: unknown) => {
    stall.stop()
    end.resolve('client_closed')
    return reader.cancel(reason)
  }
  return { body: new ReadableStream({ pull, cancel }, { highWaterMark: 0 }), end: end.promise }
}
