// A JSON text that comes in pieces → its value, as JSON.parse and lossless-json.ts would give it. For bodies so large that
// to parse them at once would stop the event loop, and so long that neither their bytes nor their text should be held
// beside their value. Depth and number of values are known after each piece.
import { createJsonScanner, type TokenSink, unexpectedAt, unexpectedEnd } from './json-scanner.ts'
import { literalValue } from './lossless-json.ts'

export interface JsonReader {
  /** Deepest nesting so far. */
  readonly depth: number
  /** Lists, objects and commas so far. */
  readonly values: number
  /** @throws SyntaxError with the position, as JSON.parse does */
  push(piece: string): void
  /** The value. @throws SyntaxError where the text ends too early */
  end(): unknown
}

type Frame = { list: unknown[] } | { object: Record<string, unknown>; key: string }

/** What may come next; a `first…` may be the closing bracket, too. */
type Expected = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'comma' | 'nothing'

/** As JSON.parse: `__proto__` is a key like any other. */
const setMember = (object: Record<string, unknown>, key: string, value: unknown): void => {
  if (key !== '__proto__') object[key] = value
  else Object.defineProperty(object, key, { value, ...PLAIN })
}
const PLAIN = { writable: true, enumerable: true, configurable: true }

const openFrame = (mark: string): Frame => (mark === '[' ? { list: [] } : { object: {}, key: '' })

const parsedLiteral = (text: string, at: number): unknown => {
  try {
    return literalValue(text)
  } catch {
    throw unexpectedAt(at)
  }
}

interface Building {
  open: Frame[]
  expected: Expected
  value: unknown
  depth: number
  values: number
}

const expect = ({ expected }: Building, at: number, ...allowed: Expected[]): void => {
  if (!allowed.includes(expected)) throw unexpectedAt(at)
}

const place = (to: Building, value: unknown): void => {
  const frame = to.open.at(-1)
  to.expected = frame ? 'comma' : 'nothing'
  if (!frame) to.value = value
  else if ('list' in frame) frame.list.push(value)
  else setMember(frame.object, frame.key, value)
}

const onOpen = (to: Building, mark: string, at: number): void => {
  expect(to, at, 'value', 'first value')
  to.open.push(openFrame(mark))
  to.expected = mark === '[' ? 'first value' : 'first key'
  to.values++
  to.depth = Math.max(to.depth, to.open.length)
}

const onClose = (to: Building, mark: string, at: number): void => {
  expect(to, at, 'comma', mark === ']' ? 'first value' : 'first key')
  const frame = to.open.pop()
  if (!frame || 'list' in frame !== (mark === ']')) throw unexpectedAt(at)
  place(to, 'list' in frame ? frame.list : frame.object)
}

const onComma = (to: Building, at: number): void => {
  expect(to, at, 'comma')
  const frame = to.open.at(-1)
  if (!frame) throw unexpectedAt(at)
  to.expected = 'list' in frame ? 'value' : 'key'
  to.values++
}

const onColon = (to: Building, at: number): void => {
  expect(to, at, 'colon')
  to.expected = 'value'
}

const onString = (to: Building, text: string, at: number): void => {
  const frame = to.open.at(-1)
  const isKey = to.expected === 'key' || to.expected === 'first key'
  if (!isKey || !frame || 'list' in frame) {
    expect(to, at, 'value', 'first value')
    place(to, text)
    return
  }
  frame.key = text
  to.expected = 'colon'
}

const sinkOf = (to: Building): TokenSink => ({
  mark: (code, at) => {
    const mark = String.fromCharCode(code)
    if (mark === '[' || mark === '{') onOpen(to, mark, at)
    else if (mark === ']' || mark === '}') onClose(to, mark, at)
    else if (mark === ',') onComma(to, at)
    else onColon(to, at)
  },
  string: (text, at) => onString(to, text, at),
  literal: (text, at) => {
    expect(to, at, 'value', 'first value')
    place(to, parsedLiteral(text, at))
  },
})

export const createJsonReader = (): JsonReader => {
  const built: Building = { open: [], expected: 'value', value: undefined, depth: 0, values: 0 }
  const scanner = createJsonScanner(sinkOf(built))
  return {
    get depth() {
      return built.depth
    },
    get values() {
      return built.values
    },
    push: scanner.push,
    end: () => {
      scanner.end()
      if (built.expected !== 'nothing') throw unexpectedEnd()
      return built.value
    },
  }
}
