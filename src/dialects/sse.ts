// Server-sent events as bytes: cut at event boundaries, never re-encoded. Every relayed event is a slice of what the
// provider sent, so chunking and split UTF-8 cannot matter. A lone CR is not taken as a line end: no provider sends it,
// and it cannot be distinguished from half a CRLF without waiting for the next chunk.
import { createByteQueue } from './byte-queue.ts'

const LF = 0x0a
const CR = 0x0d

export interface FrameSplitter {
  /** Adds bytes and returns the events they complete, terminators included; their concatenation is the input. */
  push(chunk: Uint8Array): Uint8Array[]
  /** Bytes of the event that has begun but not ended. */
  rest(): Uint8Array
  readonly bufferedBytes: number
}

/** Splits a byte stream behind each blank line (`\n\n`, `\r\n\r\n` or a mix of both). */
export const createFrameSplitter = (): FrameSplitter => {
  const unfinished = createByteQueue()
  let line: LineStart = 'empty' // of the line that the last chunk left unfinished
  return {
    push: (chunk) => {
      const frames: Uint8Array[] = []
      let frameStart = 0
      let lineStart = 0
      for (let lf = chunk.indexOf(LF); lf !== -1; lf = chunk.indexOf(LF, lineStart)) {
        const isBlank = extendLine(line, chunk.subarray(lineStart, lf)) !== 'text'
        lineStart = lf + 1
        line = 'empty'
        if (!isBlank) continue
        unfinished.add(chunk.subarray(frameStart, lineStart))
        frames.push(unfinished.take())
        frameStart = lineStart
      }
      line = extendLine(line, chunk.subarray(lineStart))
      unfinished.add(chunk.subarray(frameStart))
      return frames
    },
    rest: unfinished.peek,
    get bufferedBytes() {
      return unfinished.size
    },
  }
}

type LineStart = 'empty' | 'cr' | 'text'

const extendLine = (line: LineStart, added: Uint8Array): LineStart => {
  if (added.length === 0) return line
  return line === 'empty' && added.length === 1 && added[0] === CR ? 'cr' : 'text'
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()

/** The event's `data` (lines joined by LF), or null where it has none: a comment, a ping, a blank line. */
export const readData = (frame: Uint8Array): string | null => {
  const text = decoder.decode(frame)
  const plain = plainData(text)
  if (plain !== null) return plain
  const lines = text.split(/\r?\n/).filter((line) => isDataLine(line))
  if (lines.length === 0) return null
  return lines.map((line) => line.slice(5).replace(/^ /, '')).join('\n')
}

/** Nearly every event is `data: …\n\n`, which needs no search for lines. Null for any other. */
const plainData = (text: string): string | null => {
  const end = text.length - 2
  const isPlain = text.startsWith('data: ') && text.endsWith('\n\n') && text.indexOf('\n') === end
  return isPlain && text.charCodeAt(end - 1) !== CR ? text.slice(6, end) : null
}

const isDataLine = (line: string): boolean => line === 'data' || line.startsWith('data:')

const DATA_START = 0x64 // the "d" of "data:", with which nearly every event begins

/** Whether the event is called `error`, whatever its data are. */
export const isErrorEvent = (frame: Uint8Array): boolean =>
  frame[0] !== DATA_START &&
  decoder
    .decode(frame)
    .split(/\r?\n/)
    .some((line) => /^event: ?error$/.test(line))

/** The same event with other data; its remaining fields and its line ends are kept. */
export const replaceData = (frame: Uint8Array, data: string): Uint8Array => {
  const text = decoder.decode(frame)
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const others = text.split(/\r?\n/).filter((line) => line !== '' && !isDataLine(line))
  return encoder.encode(`${[...others, `data: ${data}`].join(eol)}${eol}${eol}`)
}

/** A new event with one line of data. */
export const encodeData = (data: string): Uint8Array => encoder.encode(`data: ${data}\n\n`)

export const DONE_DATA = '[DONE]'
