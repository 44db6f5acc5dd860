// `resilience.stream: buffered`: reads a stream to its end before the client gets a byte, so that a broken or stalled one is a failed
// attempt like any other. The cost is latency: the first token arrives with the last.

import { RouterError, toRouterError } from '../../errors.ts'
import type { EndSignal } from '../../jobs/end-signal.ts'
import { clientClosed } from '../timing/live-call.ts'
import type { StreamEnd, StreamEnding, UpstreamReply } from '../upstream.ts'

type StreamReply = Extract<UpstreamReply, { kind: 'stream' }>

const MAX_BYTES = 32 * 1024 * 1024

/**
 * The same reply, complete; its tokens may be counted while it is replayed. `signal` is the caller's own, and ends the replay.
 * @throws RouterError that broke the stream, or `upstream_invalid` where it is longer than 32 MiB
 */
export const holdBack = async (reply: StreamReply, signal: EndSignal): Promise<StreamReply> => {
  const parts = await readWhole(reply.stream)
  const ending = await (reply.ending ?? reply.end)
  if (ending.outcome !== 'served') {
    throw new RouterError(
      'upstream_interrupted',
      'The provider broke off before the answer was complete.',
      {
        details: { status: 200 },
      },
    )
  }
  return { ...reply, ...replay(parts, { end: reply.end, signal }) }
}

const readWhole = async (stream: ReadableStream<Uint8Array>): Promise<Uint8Array[]> => {
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const part of stream) {
      parts.push(part)
      bytes += part.length
      if (bytes > MAX_BYTES) throw tooLong()
    }
  } catch (error) {
    throw toRouterError(error)
  }
  return parts
}

const tooLong = (): RouterError =>
  new RouterError('upstream_invalid', `The provider streamed more than ${MAX_BYTES} bytes.`, {
    isRetryable: false,
    details: { status: 200 },
  })

/** The bytes as a stream, with promises of its end. */
export const replay = (
  parts: Uint8Array[],
  { end, signal }: { end: Promise<StreamEnd>; signal: EndSignal },
): Pick<StreamReply, 'stream' | 'end' | 'ending'> => {
  let settle: (ending: StreamEnding) => void = () => undefined
  const ending = new Promise<StreamEnding>((resolve) => {
    settle = resolve
  })
  const finish = (streamEnding: StreamEnding): void => {
    signal.removeEventListener('abort', leave)
    settle(streamEnding)
  }
  const leave = (): void => finish({ outcome: 'client_closed', errorCode: clientClosed().code })
  if (signal.aborted) leave()
  else signal.addEventListener('abort', leave, { once: true })
  const [...left] = parts
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const part = left.shift()
        if (part) controller.enqueue(part)
        if (left.length > 0) return
        controller.close()
        finish({ outcome: 'served', errorCode: null })
      },
      cancel: leave,
    },
    { highWaterMark: 0 },
  )
  const replayEnd = Promise.all([end, ending]).then(([counted, streamEnding]) => ({
    ...counted,
    ...streamEnding,
  }))
  return { stream, end: replayEnd, ending }
}
