// The bytes of one answer between the socket and its reader. Its own queue rather than the stream's, because a stream
// that is told of an error throws away what waits in it; here a cut comes after the bytes that came before it.
import type { UnderlyingSource } from 'node:stream/web'

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

/** Chunks that wait, and the socket that is paused while they are too many. */
interface Backlog {
  add(chunk: Uint8Array): void
  /** The next piece, or null where nothing waits. */
  take(): Uint8Array | null
  clear(): void
  readonly isEmpty: boolean
}

const createBacklog = (socket: SocketControl): Backlog => {
  let chunks: Uint8Array[] = []
  let bytes = 0
  let isPaused = false
  return {
    add: (chunk) => {
      chunks.push(chunk)
      bytes += chunk.length
      if (bytes <= HIGH_WATER_BYTES || isPaused) return
      isPaused = true
      socket.pause()
    },
    take: () => {
      if (chunks.length === 0) return null
      const piece = takePiece(chunks)
      bytes -= piece.length
      if (isPaused && bytes <= HIGH_WATER_BYTES) {
        isPaused = false
        socket.resume()
      }
      return piece
    },
    clear: () => {
      chunks = []
      bytes = 0
    },
    get isEmpty() {
      return chunks.length === 0
    },
  }
}

type Ending = { error: unknown } | 'end'

/** The ending comes behind what waits. */
const give = (
  controller: ReadableStreamDefaultController<Uint8Array>,
  backlog: Backlog,
  ending: Ending | null,
): void => {
  const piece = backlog.take()
  if (piece !== null) controller.enqueue(piece)
  else if (ending === 'end') controller.close()
  else if (ending !== null) controller.error(ending.error)
}

export const createBodyQueue = (socket: SocketControl): BodyQueue => {
  const backlog = createBacklog(socket)
  let ending: Ending | null = null
  let wake = (): void => undefined

  const finish = (how: Ending): void => {
    ending ??= how
    wake()
  }
  const discard = (how: Ending): void => {
    backlog.clear()
    finish(how)
  }
  const source: UnderlyingSource<Uint8Array> = {
    pull: (controller) => {
      if (!backlog.isEmpty || ending !== null) return give(controller, backlog, ending)
      return new Promise<void>((resolve) => {
        wake = resolve
      }).then(() => give(controller, backlog, ending))
    },
    cancel: (reason) => {
      discard('end')
      socket.abort(reason instanceof Error ? reason : new Error('The answer is not wanted.'))
    },
  }
  return {
    stream: new ReadableStream(source, { highWaterMark: 0 }),
    push: (chunk) => {
      if (ending !== null) return
      backlog.add(chunk)
      wake()
    },
    end: () => finish('end'),
    fail: (error) => finish({ error }),
    drop: (error) => discard({ error }),
  }
}
