// The queue of an answer's bytes between the socket and its reader. Not the stream's own queue, because a stream that errors discards
// its queue; here the error is delivered after the bytes before it.
import { type ByteReader, streamOf } from '../../dialects/byte-reader.ts'

const HIGH_WATER_BYTES = 64 * 1024
const PIECE_BYTES = 16 * 1024

/**
 * Joins waiting chunks to a piece of at most 16 KiB. Tokens come in many small chunks, and each piece costs a step in every stream up
 * to the client (measured: a fifth of a stream's CPU time). Large chunks are not copied.
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
  /** Either this is read, or one stream. */
  readonly reader: ByteReader
  stream(): ReadableStream<Uint8Array>
  push(chunk: Uint8Array): void
  end(): void
  /** The error is delivered after the queued bytes. */
  fail(error: unknown): void
  /** The error is delivered at once; queued bytes are discarded. */
  drop(error: unknown): void
}

/** Flow control: `pause` above 64 KiB of unread bytes, `resume` below, `abort` when the reader cancels. */
export interface SocketControl {
  pause(): void
  resume(): void
  abort(reason: Error): void
}

/** The queued chunks; pauses the socket while they are too many. */
interface Backlog {
  add(chunk: Uint8Array): void
  /** The next piece, or null where the queue is empty. */
  take(): Uint8Array | null
  clear(): void
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
  }
}

type Ending = { error: unknown } | 'end'

/** What comes next out of a backlog, and how it ends: the first ending stays. */
const createEndable = (backlog: Backlog) => {
  let ending: Ending | null = null
  let wake: (() => void) | null = null

  const next: ByteReader['next'] = () => {
    const piece = backlog.take()
    if (piece !== null) return piece
    if (ending === 'end') return null
    if (ending !== null) throw ending.error
    return new Promise<void>((resolve) => {
      wake = resolve
    }).then(next)
  }
  const rouse = (): void => {
    wake?.()
    wake = null
  }
  const finish = (how: Ending): void => {
    ending ??= how
    rouse()
  }
  const add = (chunk: Uint8Array): void => {
    if (ending !== null) return
    backlog.add(chunk)
    rouse()
  }
  return { next, add, finish }
}

export const createBodyQueue = (socket: SocketControl): BodyQueue => {
  const backlog = createBacklog(socket)
  const { next, add, finish } = createEndable(backlog)
  const discard = (how: Ending): void => {
    backlog.clear()
    finish(how)
  }
  const reader: ByteReader = {
    next,
    cancel: (reason) => {
      discard('end')
      socket.abort(reason instanceof Error ? reason : new Error('The answer is not wanted.'))
    },
  }
  return {
    reader,
    stream: () => streamOf(reader),
    push: add,
    end: () => finish('end'),
    fail: (error) => finish({ error }),
    drop: (error) => discard({ error }),
  }
}
