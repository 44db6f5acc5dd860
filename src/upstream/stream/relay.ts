// A provider's event stream → the client's. Holds everything back until the first content event, so that any failure up
// to there is an exception nobody has seen; after it, a failure is an error event and then an errored stream. Reads only
// when the client does: a client that stops reading stops the provider.

import { encodeData } from '../../dialects/sse.ts'
import type { RouterError } from '../../errors.ts'
import type { StreamEnd, StreamEnding } from '../upstream.ts'
import type { ChatStream } from './chat-stream.ts'
import { createStreamSource, type StreamSource, type StreamSourceOptions } from './stream-source.ts'

const HELD_EVENTS = 64
const HELD_BYTES = 256 * 1024

export interface RelayedStream {
  stream: ReadableStream<Uint8Array>
  end: Promise<StreamEnd>
  ending: Promise<StreamEnding>
}

/**
 * Resolves with the first content event, or when what must be held back exceeds 64 events or 256 KiB (a provider that
 * sends so much without content is slow, not broken; the idle and total timers stay).
 * @throws RouterError what ended the answer before its first content.
 */
export const relayStream = async (options: StreamSourceOptions): Promise<RelayedStream> => {
  const { call, chat } = options
  const source = createStreamSource(options)
  while (!chat.hasContent && !source.isOver && mayHold(chat)) await source.read()
  call.stopTimer('first_token')
  if (source.failure !== null && !chat.hasContent) {
    call.release()
    throw source.failure
  }
  source.commit()
  return { stream: createClientStream(chat, source), end: source.end, ending: source.ending }
}

const createClientStream = (chat: ChatStream, source: StreamSource): ReadableStream<Uint8Array> => {
  let isToldOfFailure = false
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        while (chat.waitingBytes === 0 && !source.isOver) await source.read()
        const { failure } = source
        if (failure?.code === 'client_closed') return controller.error(failure)
        // Only the pull after the one that took the event: controller.error() discards what is still queued.
        if (isToldOfFailure) return controller.error(failure)
        if (failure !== null) chat.add(chat.tellError?.(failure) ?? encodeData(errorEvent(failure)))
        isToldOfFailure = failure !== null
        if (chat.waitingBytes > 0) controller.enqueue(chat.take())
        if (!source.isOver || failure !== null) return
        controller.close()
        source.settle()
      },
      cancel: () => source.leave(),
    },
    { highWaterMark: 0 },
  )
}

// An event that has not ended is held by its reader in any case, up to a limit of its own (stream-source.ts).
const mayHold = (chat: ChatStream): boolean =>
  chat.events <= HELD_EVENTS && chat.waitingBytes <= HELD_BYTES

const errorEvent = (failure: RouterError): string =>
  JSON.stringify({
    error: {
      message: failure.message,
      type: 'server_error',
      param: null,
      code: 'upstream_interrupted',
    },
  })
