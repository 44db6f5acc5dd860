// Server-sent events as tests read and write them.
import { createParser } from 'eventsource-parser'

export interface SseEvent {
  event: string | undefined
  /** Parsed where it is JSON, else the text. */
  data: Record<string, unknown>
}

/** The whole events of a text; `[DONE]` gives `{ done: true }`. */
export const readEvents = (text: string): SseEvent[] => {
  const events: SseEvent[] = []
  const parser = createParser({
    onEvent: ({ event, data }) => {
      events.push({ event, data: data === '[DONE]' ? { done: true } : JSON.parse(data) })
    },
  })
  parser.feed(text)
  return events
}

/** A stream of these parts, which then ends, or errors with `error`. */
export const streamOf = (
  parts: readonly Uint8Array[],
  error?: Error,
): ReadableStream<Uint8Array> => {
  const left = [...parts]
  return new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const part = left.shift()
        if (part) controller.enqueue(part)
        else if (error) controller.error(error)
        else controller.close()
      },
    },
    { highWaterMark: 0 },
  )
}

/** All text of a stream, and the error that ended it or null. */
export const drainText = async (
  stream: ReadableStream<Uint8Array>,
): Promise<{ text: string; error: unknown }> => {
  const parts: Uint8Array[] = []
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return { text: Buffer.concat(parts).toString(), error: null }
      parts.push(value)
    }
  } catch (error) {
    return { text: Buffer.concat(parts).toString(), error }
  }
}

/** Bytes in pieces of these lengths, over and over. */
export const cut = (bytes: Uint8Array, lengths: readonly number[]): Uint8Array[] => {
  const parts: Uint8Array[] = []
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const length = lengths[i % lengths.length] as number
    parts.push(bytes.subarray(at, at + length))
    at += length
  }
  return parts
}
