// A stream of chat chunks → the events of another dialect, one writer call per event, so that how the bytes were split
// cannot matter. Reads its source only when it is read; a source that errors makes it error, and a source that ends before
// the writer has written its own end is reported and treated as a cut.
import { createParser } from 'eventsource-parser'
import { RouterError } from '../errors.ts'

/** Turns the data of chat events into text of another dialect. It is not called once it is over. */
export interface EventWriter {
  /** `data` of one event: JSON, or `[DONE]`. */
  event(data: string): string
  /** The event that tells the client of a cut. */
  cut(message: string): string
  /** The dialect's own end, or an error event, has been written. */
  readonly isOver: boolean
}

// Where a chunk holds a CR, the parser looks for the next one anew at every line: quadratic. JSON writes none as it is.
const withoutReturns = (text: string): string => text.replaceAll('\r', '')

const CUT = 'The answer broke off before it was complete.'

/** The translated stream; `source` is in SSE. */
export const translateEvents = (
  source: ReadableStream<Uint8Array>,
  writer: EventWriter,
): ReadableStream<Uint8Array> => {
  const reader = source.getReader()
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()
  let waiting = ''
  let isCut = false
  const parser = createParser({
    onEvent: ({ data }) => {
      if (!writer.isOver) waiting += writer.event(data)
    },
  })
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    while (waiting === '') {
      if (isCut) throw new RouterError('upstream_interrupted', CUT)
      const { done, value } = await reader.read()
      if (!done) parser.feed(withoutReturns(decoder.decode(value, { stream: true })))
      else if (writer.isOver) return controller.close()
      else {
        isCut = true
        waiting = writer.cut(CUT)
      }
    }
    controller.enqueue(encoder.encode(waiting))
    waiting = ''
  }
  return new ReadableStream<Uint8Array>(
    { pull, cancel: (reason) => reader.cancel(reason) },
    { highWaterMark: 0 },
  )
}
