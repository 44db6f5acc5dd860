// Relays the upstream's stream to the client's socket. A failed stream must not look complete, so the socket is destroyed after its
// last byte, without a terminating chunk. Also ends clients that stop reading.
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { createDeferred } from '../../jobs/deferred.ts'
import type { RelayEnd } from '../request/app-env.ts'

export interface RelayOptions {
  source: ReadableStream<Uint8Array>
  /** Node's response; absent in in-process tests, where the stream itself errors. */
  outgoing?: ServerResponse | undefined
  /** A client that reads nothing for this long is disconnected. */
  stallTimeoutMs: number
}

/** Longest wait for the client to read an error event before its socket is destroyed. */
const FLUSH_TIMEOUT_MS = 5_000

/**
 * Ends a response without ending its body. Written bytes are flushed first: `destroy()` alone would lose those that Node corked in
 * this turn, which include the error event.
 */
const cutSocket = async (outgoing: ServerResponse): Promise<void> => {
  // The adapter may buffer the first chunks for a turn before it writes the headers.
  do await nextTurn()
  while (!outgoing.headersSent && !outgoing.destroyed)
  const { socket } = outgoing
  if (!socket || socket.destroyed) return
  const timer = setTimeout(() => socket.destroy(), FLUSH_TIMEOUT_MS)
  socket.once('close', () => clearTimeout(timer))
  socket.destroySoon()
}

/** Calls `onStall` where the client reads nothing for `timeoutMs` after a chunk. */
const createStallWatch = (timeoutMs: number, onStall: () => void) => {
  let timer: NodeJS.Timeout | undefined
  const stop = () => clearTimeout(timer)
  const start = () => {
    timer = setTimeout(onStall, timeoutMs)
  }
  return { start, stop }
}

type Controller = ReadableStreamDefaultController<Uint8Array>

/** The stream for the response, and how it ends. Reads the source only when the client reads. */
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
    void reader.cancel(reason).catch(() => {}) // the source reports its failure itself
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
      // Over a socket the body stays open until the socket's close cancels it: an errored body would make the adapter print the error and
      // destroy the socket before the bytes of this turn are sent (measured: 0 of 7 events).
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
