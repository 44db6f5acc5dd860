// Bytes that are read on demand. A web stream around them costs ten microseconds, and about two for each chunk, so that what relays
// bytes reads them without one wherever it can.

export interface ByteReader {
  /**
   * The next bytes, null at the end; a promise only where they have not come yet.
   * @throws what broke the body, or rejects with it
   */
  next(): Uint8Array | null | Promise<Uint8Array | null>
  /** Nothing more is wanted. */
  cancel(reason?: unknown): void
}

/** What streams of `streamOf` read from. */
const readers = new WeakMap<ReadableStream<Uint8Array>, ByteReader>()

/** Delivers a piece, or the end. */
const give = (
  controller: ReadableStreamDefaultController<Uint8Array>,
  piece: Uint8Array | null,
): void => {
  if (piece === null) controller.close()
  else controller.enqueue(piece)
}

/** The reader as a web stream, which reads only when it is read. */
export const streamOf = (reader: ByteReader): ReadableStream<Uint8Array> => {
  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const piece = reader.next()
        if (piece instanceof Promise) return piece.then((waited) => give(controller, waited))
        give(controller, piece)
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  )
  readers.set(stream, reader)
  return stream
}

/** Locks the stream, and gives what it reads from, or a reader around it. @throws TypeError where it is locked already */
export const readerOf = (stream: ReadableStream<Uint8Array>): ByteReader => {
  const reader = stream.getReader()
  return (
    readers.get(stream) ?? {
      next: async () => (await reader.read()).value ?? null,
      cancel: (reason) => void reader.cancel(reason).catch(() => undefined),
    }
  )
}
