// Records the bytes of a stream on their way to the client. Reads only when the client reads, and forwards cancelling and errors, so
// that recording changes nothing for client and provider.

export interface RecordedStream {
  stream: ReadableStream<Uint8Array>
  /** All bytes, once the client has them; null where the stream did not end cleanly or is longer than `maxBytes`. */
  recorded: Promise<Uint8Array[] | null>
}

export const recordStream = (
  source: ReadableStream<Uint8Array>,
  maxBytes: number,
): RecordedStream => {
  const reader = source.getReader()
  let parts: Uint8Array[] | null = []
  let bytes = 0
  let settle: (parts: Uint8Array[] | null) => void = () => undefined
  const recorded = new Promise<Uint8Array[] | null>((resolve) => {
    settle = resolve
  })
  const note = (part: Uint8Array): void => {
    bytes += part.length
    if (bytes > maxBytes) parts = null
    else parts?.push(part.slice()) // the client's own may be transferred
  }
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: async (controller) => {
        const { done, value } = await reader.read().catch((error: unknown) => {
          settle(null)
          throw error
        })
        if (!done) {
          note(value)
          return controller.enqueue(value)
        }
        controller.close()
        settle(parts)
      },
      cancel: (reason) => {
        settle(null)
        return reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
  return { stream, recorded }
}
