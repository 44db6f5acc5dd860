// The upstream's stream → the client's socket. A stream that errored must not look complete, so the socket is destroyed
// after its last byte: no terminating chunk. Also ends clients that stop reading.
import type { ServerResponse } from 'node:http'
import { setImmediate as nextTurn } from 'node:timers/promises'

export type RelayEnd = 'complete' | 'interrupted' | 'client_closed' | 'stalled'

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

/** The stream to answer with, and how it ended. Reads the source only when the client reads. */
export const relay = (
  options: RelayOptions,
): { body: ReadableStream<Uint8Array>; end: Promise<RelayEnd> } => {
  const { outgoing, stallTimeoutMs } = options
  const reader = options.source.getReader()
  let settle: (end: RelayEnd) => void = () => {}
  const end = new Promise<RelayEnd>((resolve) => {
    settle = resolve
  })
  let stallTimer: NodeJS.Timeout | undefined
  const watchForStall = (controller: ReadableStreamDefaultController<Uint8Array>) => {
    stallTimer = setTimeout(() => {
      settle('stalled')
      const reason = new Error('The client stopped reading.')
      void reader.cancel(reason).catch(() => {}) // its failure is told by the source's own end
      if (outgoing) outgoing.destroy()
      else controller.error(reason)
    }, stallTimeoutMs)
  }
  const body = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        clearTimeout(stallTimer)
        try {
          const { done, value } = await reader.read()
          if (done) {
            controller.close()
            return settle('complete')
          }
          controller.enqueue(value)
          watchForStall(controller)
        } catch (error) {
          settle('interrupted')
          // Over a socket the body stays open until the socket's close cancels it: erroring it would make the adapter
          // print the error and destroy the socket before the error event has left.
          if (outgoing) await cutSocket(outgoing)
          else controller.error(error)
        }
      },
      cancel: (reason) => {
        clearTimeout(stallTimer)
        settle('client_closed')
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return { body, end }
}
