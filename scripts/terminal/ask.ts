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

/** Both give null where the input has ended, or whoever types has left by ctrl-c or ctrl-d. */
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

/** Lines that come early are kept. */
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

/** Keys that come early are kept; those of a line belong to its editor. */
const createTerminalAsk = (input: Terminal, { output, words }: AskOptions): Ask => {
  const early: (string | null)[] = []
  let take: ((key: string | null) => void) | null = null
  let isEditing = false
  const press = (text: string | undefined, key: { name?: string; ctrl?: boolean }): void => {
    if (isEditing) return
    const isLeaving = key.ctrl === true && (key.name === 'c' || key.name === 'd')
    const pressed = isLeaving ? null : (text ?? key.name ?? '')
    if (take) take(pressed)
    else early.push(pressed)
  }
  const end = (): void => take?.(null)
  emitKeypressEvents(input)
  input.on('keypress', press).on('end', end)
  input.setRawMode(true)
  input.resume()
  const next = (): Promise<string | null> =>
    new Promise((resolve) => {
      take = (key) => {
        take = null
        resolve(key)
      }
      const key = early.shift()
      if (key !== undefined) take(key)
    })
  return {
    key: async (question) => {
      show(output, question)
      const key = await next()
      show(output, `${key ?? ''}\n`)
      return key
    },
    line: async (question) => {
      isEditing = true
      const editor = createInterface({ input, output, terminal: true, completer: completer(words) })
      const line = await new Promise<string | null>((resolve) => {
        editor.question(question, (text) => resolve(text.trim()))
        editor.once('close', () => resolve(null))
      })
      editor.close()
      isEditing = false
      input.setRawMode(true)
      input.resume()
      return line
    },
    close: () => {
      input.off('keypress', press).off('end', end)
      input.setRawMode(false)
      input.pause()
    },
  }
}

export const createAsk = (options: AskOptions): Ask =>
  isTerminal(options.input) ? createTerminalAsk(options.input, options) : createLineAsk(options)
