// The bytes of one answer between the socket and its reader. Its own queue rather than the stream's, because a stream
// that is told of an error throws away what waits in it; here a cut comes after the bytes that came before it.

const HIGH_WATER_BYTES = 64 * 1024

export interface BodyQueue {
  readonly stream: ReadableStream<Uint8Array>
  push(chunk: Uint8Array): void
  end(): void
  /** The error comes behind what waits. */
  fail(error: unknown): void
  /** The error comes at once. */
  drop(error: unknown): void
}

/** What the socket must do: `pause` above 64 KiB that nobody has read, `resume` below, `abort` when the reader cancels. */
export interface SocketControl {
  pause(): void
  resume(): void
  abort(reason: Error): void
}

export const createBodyQueue = (socket: SocketControl): BodyQueue => {
  let chunks: Uint8Array[] = []
  let bytes = 0
  let isPaused = false
  let ending: { error: unknown } | 'end' | null = null
  let wake: (() => void) | null = null

  const notify = (): void => {
    wake?.()
    wake = null
  }
  const finish = (how: { error: unknown } | 'end'): void => {
    ending ??= how
    notify()
  }
  const clear = (): void => {
    chunks = []
    bytes = 0
  }
  const give = (controller: ReadableStreamDefaultController<Uint8Array>): void => {
    if (chunks.length > 0) {
      // All that waits in one piece: every piece costs a turn of each stream between here and the client.
      const [first] = chunks
      controller.enqueue(chunks.length === 1 && first ? first : Buffer.concat(chunks))
      clear()
      if (!isPaused) return
      isPaused = false
      socket.resume()
    } else if (ending === 'end') controller.close()
    else if (ending !== null) controller.error(ending.error)
  }

  const stream = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        if (chunks.length > 0 || ending !== null) return give(controller)
        return new Promise<void>((resolve) => {
          wake = resolve
        }).then(() => give(controller))
      },
      cancel: (reason) => {
        clear()
        finish('end')
        socket.abort(reason instanceof Error ? reason : new Error('The answer is not wanted.'))
      },
    },
    { highWaterMark: 0 },
  )
  return {
    stream,
    push: (chunk) => {
      if (ending !== null) return
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes > HIGH_WATER_BYTES && !isPaused) {
        isPaused = true
        socket.pause()
      }
      notify()
    },
    end: () => finish('end'),
    fail: (error) => finish({ error }),
    drop: (error) => {
      clear()
      finish({ error })
    },
  }
}
