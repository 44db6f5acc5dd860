// Relays a provider's event stream to the client. Buffers until the first content event, so that a failure before it is an exception
// that the client does not see; a later failure is an error event followed by an errored stream. Reads only when the client reads
// (backpressure).

import { encodeData } from '../../dialects/sse.ts'
import type { RouterError } from '../../errors.ts'
import type { StreamEnd, StreamEnding } from '../upstream.ts'
import type { AnswerStream } from './answer-stream.ts'
import { createStreamSource, type StreamSource, type StreamSourceOptions } from './stream-source.ts'

const HELD_EVENTS = 64
const HELD_BYTES = 256 * 1024

export interface RelayedStream {
  stream: ReadableStream<Uint8Array>
  end: Promise<StreamEnd>
  ending: Promise<StreamEnding>
  /** The first content is a refusal. */
  isRefusal: boolean
}

/**
 * Resolves with the first content event, or when the buffer exceeds 64 events or 256 KiB (a provider that sends so much without
 * content is slow, not broken; the idle and total timers stay).
 * @throws RouterError that ended the answer before its first content
 */
export const relayStream = async (options: StreamSourceOptions): Promise<RelayedStream> => {
  const { call, answer } = options
  const source = createStreamSource(options)
  while (!answer.progress.hasContent && !source.isOver && mayHold(answer)) await source.read()
  call.stopTimer('first_token')
  if (source.failure !== null && !answer.progress.hasContent) {
    call.release()
    throw source.failure
  }
  source.commit()
  const { end, ending } = source
  const isRefusal = answer.progress.opening === 'refusal'
  return { stream: createClientStream(answer, source), end, ending, isRefusal }
}

const createClientStream = (
  answer: AnswerStream,
  source: StreamSource,
): ReadableStream<Uint8Array> => {
  let isToldOfFailure = false
  return new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        while (answer.waitingBytes === 0 && !source.isOver) await source.read()
        const { failure } = source
        if (failure?.code === 'client_closed') return controller.error(failure)
        // In the pull after the one that enqueued the event: controller.error() discards queued chunks.
        if (isToldOfFailure) return controller.error(failure)
        if (failure !== null)
          answer.add(answer.tellError?.(failure) ?? encodeData(errorEvent(failure)))
        isToldOfFailure = failure !== null
        if (answer.waitingBytes > 0) controller.enqueue(answer.take())
        if (!source.isOver || failure !== null) return
        controller.close()
        source.settle()
      },
      cancel: () => source.leave(),
    },
    { highWaterMark: 0 },
  )
}

// An incomplete event is buffered by its reader, up to its own limit (stream-source.ts).
const mayHold = (answer: AnswerStream): boolean =>
  answer.progress.events <= HELD_EVENTS && answer.waitingBytes <= HELD_BYTES

const errorEvent = (failure: RouterError): string =>
  JSON.stringify({
    error: {
      message: failure.message,
      type: 'server_error',
      param: null,
      code: 'upstream_interrupted',
    },
  })
