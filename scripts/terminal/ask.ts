// Questions on the terminal: one key, taken as it is pressed, or a line that can be edited. Where the input is no terminal, a
// key is a line of its own, so that a dialogue can be fed from a file.
import { createInterface, emitKeypressEvents } from 'node:readline'
import { show } from './output.ts'

export interface AskOptions {
  input: NodeJS.ReadableStream
  output: NodeJS.WritableStream
  /** What tab completes. */
  words: readonly string[]
}

/** Both return null at the end of the input and on Ctrl-C or Ctrl-D. */
export interface Ask {
  key(question: string): Promise<string | null>
  line(question: string): Promise<string | null>
  close(): void
}

type Terminal = NodeJS.ReadableStream & { setRawMode(isRaw: boolean): unknown }

const isTerminal = (input: NodeJS.ReadableStream): input is Terminal =>
  (input as { isTTY?: boolean }).isTTY === true

/** Words that begin with what was typed. */
const completer =
  (words: readonly string[]) =>
  (line: string): [string[], string] => {
    const hits = words.filter((word) => word.startsWith(line))
    return [hits.length > 0 ? hits : [...words], line]
  }

/** Lines that arrive before they are asked for are queued. */
const createLineAsk = ({ input, output }: AskOptions): Ask => {
  const reader = createInterface({ input, terminal: false })
  const lines = reader[Symbol.asyncIterator]()
  const line = async (question: string): Promise<string | null> => {
    show(output, question)
    const { value, done } = await lines.next()
    output.write('\n')
    return done ? null : String(value).trim()
  }
  return { key: line, line, close: () => reader.close() }
}

interface Keys {
  /** The next key, or a queued one; null on Ctrl-C or Ctrl-D. */
  next(): Promise<string | null>
  /** Keys go to the line editor until it returns. */
  lend(): void
  takeBack(): void
  close(): void
}

const readKeys = (input: Terminal): Keys => {
  const early: (string | null)[] = []
  let take: ((key: string | null) => void) | null = null
  let isLent = false
  const press = (text: string | undefined, key: { name?: string; ctrl?: boolean }): void => {
    if (isLent) return
    const isLeaving = key.ctrl === true && (key.name === 'c' || key.name === 'd')
    const pressed = isLeaving ? null : (text ?? key.name ?? '')
    if (take) take(pressed)
    else early.push(pressed)
  }
  const end = (): void => take?.(null)
  const next = (): Promise<string | null> =>
    new Promise((resolve) => {
      take = (key) => {
        take = null
        resolve(key)
      }
      const key = early.shift()
      if (key !== undefined) take(key)
    })
  const takeBack = (): void => {
    isLent = false
    input.setRawMode(true)
    input.resume()
  }
  emitKeypressEvents(input)
  input.on('keypress', press).on('end', end)
  takeBack()
  return {
    next,
    lend: () => {
      isLent = true
    },
    takeBack,
    close: () => {
      input.off('keypress', press).off('end', end)
      input.setRawMode(false)
      input.pause()
    },
  }
}

/** Early keys are queued; the keys of a line go to the line editor. */
const createTerminalAsk = (input: Terminal, { output, words }: AskOptions): Ask => {
  const keys = readKeys(input)
  return {
    key: async (question) => {
      show(output, question)
      const key = await keys.next()
      show(output, `${key ?? ''}\n`)
      return key
    },
    line: async (question) => {
      keys.lend()
      const editor = createInterface({ input, output, terminal: true, completer: completer(words) })
      const line = await new Promise<string | null>((resolve) => {
        editor.question(question, (text) => resolve(text.trim()))
        editor.once('close', () => resolve(null))
      })
      editor.close()
      keys.takeBack()
      return line
    },
    close: keys.close,
  }
}

export const createAsk = (options: AskOptions): Ask =>
  isTerminal(options.input) ? createTerminalAsk(options.input, options) : createLineAsk(options)
