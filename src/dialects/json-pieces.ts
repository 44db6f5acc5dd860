// A value → its JSON in pieces of a bounded size, so that serialising a large body yields to other work.
import { isObject } from './json.ts'
import { writeJson } from './lossless-json.ts'

/** What is written in one step, in characters. */
const PIECE_CHARS = 131_072
/** Assumed length of a number, a word, or the quotes and the comma of a name. */
const NODE_CHARS = 8

/** Whether the JSON of `value` is longer than about `chars`. Looks no further than it must. */
export const isLongJson = (value: unknown, chars: number): boolean => {
  let left = chars
  const walk = (inner: unknown): boolean => {
    left -= typeof inner === 'string' ? inner.length + NODE_CHARS : NODE_CHARS
    if (left < 0) return true
    if (Array.isArray(inner)) return inner.some(walk)
    if (!isObject(inner)) return false
    for (const key in inner) {
      left -= key.length
      if (walk(inner[key])) return true
    }
    return false
  }
  return walk(value)
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code < 0xdc00

/** The text's JSON without its quotes; no pair of surrogates is parted. */
function* stringPieces(text: string): Generator<string> {
  for (let from = 0; from < text.length; ) {
    const isParting = isHighSurrogate(text.charCodeAt(from + PIECE_CHARS - 1))
    const to = from + PIECE_CHARS - (isParting ? 1 : 0)
    yield JSON.stringify(text.slice(from, to)).slice(1, -1)
    from = to
  }
}

/** As `writeJson`, in pieces; small neighbours come as pieces of their own. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (!isLongJson(value, PIECE_CHARS)) yield writeJson(value)
  else if (typeof value === 'string') {
    yield '"'
    yield* stringPieces(value)
    yield '"'
  } else if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) {
      yield at === 0 ? '[' : ','
      yield* jsonPieces(item ?? null)
    }
    yield ']'
  } else if (isObject(value)) {
    let before = '{'
    for (const [key, inner] of Object.entries(value)) {
      if (inner === undefined) continue
      yield `${before}${JSON.stringify(key)}:`
      yield* jsonPieces(inner)
      before = ','
    }
    yield before === '{' ? '{}' : '}'
  }
}

/** As `writeJson`, with a turn for each piece where the value is long. */
export const writeJsonInTurns = async (
  value: unknown,
  takeTurn: () => Promise<void>,
): Promise<string> => {
  const pieces: string[] = []
  for (const piece of jsonPieces(value)) {
    pieces.push(piece)
    if (piece.length >= PIECE_CHARS) await takeTurn()
  }
  return pieces.join('')
}

/** The same as bytes, a chunk from each turn of `takeTurn`. */
export const jsonChunks = async (
  value: unknown,
  takeTurn: () => Promise<void>,
): Promise<Uint8Array<ArrayBuffer>[]> => {
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let text = ''
  for (const piece of jsonPieces(value)) {
    text += piece
    if (text.length < PIECE_CHARS) continue
    chunks.push(Buffer.from(text))
    text = ''
    await takeTurn()
  }
  chunks.push(Buffer.from(text))
  return chunks
}
