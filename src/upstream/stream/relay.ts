// Relays a provider's event stream to the client. Buffers until the first content event, so that a failure before it is an exception
// that the client does not see; a later failure is an error event followed by an errored stream. Reads only when the client reads
// (backpressure).

import { type ByteReader, streamOf } from '../../dialects/byte-reader.ts'
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
  while (!answer.progress.hasContent && !source.isOver && mayHold(answer)) {
    const reading = source.read()
    if (reading) await reading
  }
  call.stopTimer('first_token')
  if (source.failure !== null && !answer.progress.hasContent) {
    call.release()
    throw source.failure
  }
  source.commit()
  const { end, ending } = source
  const isRefusal = answer.progress.opening === 'refusal'
  return { stream: streamOf(createClientReader(answer, source)), end, ending, isRefusal }
}

const createClientReader = (answer: AnswerStream, source: StreamSource): ByteReader => {
  let isToldOfFailure = false
  /** What waits, once something does or the source is over. @throws the failure, in the read after the one that noticed it */
  const take = (): Uint8Array | null => {
    const { failure } = source
    if (failure !== null) {
      if (isToldOfFailure || failure.code === 'client_closed') throw failure
      answer.add(answer.tellError?.(failure) ?? encodeData(errorEvent(failure)))
      isToldOfFailure = true
    }
    const bytes = answer.waitingBytes > 0 ? answer.take() : null
    if (source.isOver && failure === null) source.settle()
    return bytes
  }
  const next: ByteReader['next'] = () => {
    while (answer.waitingBytes === 0 && !source.isOver) {
      const reading = source.read()
      if (reading) return reading.then(next)
    }
    return take()
  }
  return { next, cancel: source.leave }
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
