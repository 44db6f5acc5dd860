// A stream that goes to the client as it would without a cache, while its bytes are noted down. Reads only when the client
// does, and hands on cancelling and errors: the record must not change what a client sees or when a provider is let go.

export interface RecordedStream {
  stream: ReadableStream<Uint8Array>
  /** All bytes, when the client has them; null where the stream did not come to a clean end or is longer than `maxBytes`. */
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
