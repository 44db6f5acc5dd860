// A JSON text that comes in pieces → its tokens, each reported once and whole. A step takes no longer than its piece is long:
// a string that goes over many pieces is decoded one by one.

/** Where tokens go. `at` is the position in the whole text. */
export interface TokenSink {
  /** One of `{ } [ ] : ,`. */
  mark(code: number, at: number): void
  string(text: string, at: number): void
  /** What stands between blanks and marks, as it is written: a number or a word. */
  literal(text: string, at: number): void
}

export interface JsonScanner {
  /** @throws SyntaxError with the position, as JSON.parse does; whatever the sink throws */
  push(piece: string): void
  /** @throws SyntaxError where a token is not complete */
  end(): void
}

const QUOTE = 0x22
const BACKSLASH = 0x5c
const LETTER_U = 0x75

/** Longer numbers are refused: reading one would block for long, and no client sends them. */
const MAX_LITERAL_CHARS = 65_536

const MARKS = new Set([...'{}[]:,'].map((mark) => mark.charCodeAt(0)))
const BLANKS = new Set([...' \n\r\t'].map((blank) => blank.charCodeAt(0)))

export const unexpectedAt = (at: number): SyntaxError =>
  new SyntaxError(`Unexpected token at position ${at}`)

export const unexpectedEnd = (): SyntaxError => new SyntaxError('Unexpected end of JSON input')

const endsLiteral = (code: number): boolean => MARKS.has(code) || BLANKS.has(code) || code === QUOTE

/** Characters of the escape that begins at `at`, as far as the piece shows. */
const escapeLength = (piece: string, at: number): number =>
  piece.charCodeAt(at + 1) === LETTER_U ? 6 : 2

/** Where the string ends, or the piece, or an escape begins that goes beyond the piece. */
const endOfSegment = (piece: string, from: number): number => {
  for (let at = from; at < piece.length; at++) {
    const code = piece.charCodeAt(at)
    if (code === QUOTE) return at
    if (code !== BACKSLASH) continue
    if (at + escapeLength(piece, at) > piece.length) return at
    at++
  }
  return piece.length
}

/** @param at of its first character in the whole text */
const decoded = (segment: string, at: number): string => {
  try {
    return JSON.parse(`"${segment}"`) as string
  } catch (error) {
    const position = /at position (\d+)/.exec(String(error))?.[1]
    throw unexpectedAt(at + Number(position ?? 1) - 1)
  }
}

interface Scan {
  readonly sink: TokenSink
  token: 'none' | 'string' | 'literal'
  /** Of the token so far. */
  parts: string[]
  startedAt: number
  /** An escape that its piece did not hold whole. */
  rest: string
  /** Position of the piece's first character in the whole text. */
  base: number
}

/** Reads on from `at`; returns the position that it reached. */
type Read = (scan: Scan, piece: string, at: number) => number

const finish = (scan: Scan): void => {
  const { sink, token, parts, startedAt } = scan
  const text = parts.length === 1 ? (parts[0] as string) : parts.join('')
  scan.parts = []
  scan.token = 'none'
  if (token === 'string') sink.string(text, startedAt)
  else sink.literal(text, startedAt)
}

const readBetween: Read = (scan, piece, from) => {
  for (let at = from; at < piece.length; at++) {
    const code = piece.charCodeAt(at)
    if (BLANKS.has(code)) continue
    if (MARKS.has(code)) scan.sink.mark(code, scan.base + at)
    else {
      scan.token = code === QUOTE ? 'string' : 'literal'
      scan.startedAt = scan.base + at
      return code === QUOTE ? at + 1 : at
    }
  }
  return piece.length
}

const readLiteral: Read = (scan, piece, from) => {
  let at = from
  while (at < piece.length && !endsLiteral(piece.charCodeAt(at))) at++
  if (scan.base + at - scan.startedAt > MAX_LITERAL_CHARS) throw unexpectedAt(scan.startedAt)
  scan.parts.push(piece.slice(from, at))
  if (at < piece.length) finish(scan)
  return at
}

const readString: Read = (scan, piece, from) => {
  const end = endOfSegment(piece, from)
  scan.parts.push(decoded(piece.slice(from, end), scan.base + from))
  if (piece.charCodeAt(end) === QUOTE) {
    finish(scan)
    return end + 1
  }
  scan.rest = piece.slice(end)
  return piece.length
}

const READ: Record<Scan['token'], Read> = {
  none: readBetween,
  literal: readLiteral,
  string: readString,
}

export const createJsonScanner = (sink: TokenSink): JsonScanner => {
  const scan: Scan = { sink, token: 'none', parts: [], startedAt: 0, rest: '', base: 0 }
  return {
    push: (text) => {
      const piece = scan.rest + text
      scan.rest = ''
      let at = 0
      while (at < piece.length) at = READ[scan.token](scan, piece, at)
      scan.base += piece.length - scan.rest.length
    },
    end: () => {
      if (scan.token === 'literal') finish(scan)
      if (scan.token !== 'none') throw unexpectedEnd()
    },
  }
}
