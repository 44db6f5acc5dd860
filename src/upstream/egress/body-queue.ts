// The bytes of one answer between the socket and its reader. Its own queue rather than the stream's, because a stream
// that is told of an error throws away what waits in it; here a cut comes after the bytes that came before it.

const HIGH_WATER_BYTES = 64 * 1024
const PIECE_BYTES = 16 * 1024

/**
 * Takes the waiting chunks that make a piece of at most 16 KiB, at least one. Tokens come in many small chunks, and each
 * piece costs a turn of every stream between here and the client (measured: a fifth of a stream's processor time).
 * Large chunks pass uncopied.
 */
const takePiece = (chunks: Uint8Array[]): Uint8Array => {
  let count = 0
  let size = 0
  for (const chunk of chunks) {
    size += chunk.length
    if (count > 0 && size > PIECE_BYTES) break
    count += 1
  }
  const [first, ...others] = chunks.splice(0, count)
  if (first === undefined) throw new Error('There is no chunk to take.')
  return others.length === 0 ? first : Buffer.concat([first, ...others])
}

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
      const piece = takePiece(chunks)
      bytes -= piece.length
      controller.enqueue(piece)
      if (!isPaused || bytes > HIGH_WATER_BYTES) return
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
