// Bytes → JSON value. Looks at the brackets before parsing, so that a value too deep or too finely split for what comes
// after is refused in one linear pass instead of being built.
import { type JsonShape, jsonShape, MAX_JSON_DEPTH } from '../../core/json-shape.ts'
import { createJsonReader } from '../../dialects/json-reader.ts'
import { parseKeepingText } from '../../dialects/lossless-json.ts'
import { RouterError } from '../../errors.ts'
import type { TakeTurn } from '../../jobs/loop-turn.ts'
import { sizeOf, wholeOf } from './body.ts'

/** Measured: parsing 99,000 distinct keys blocks for 50 to 200 ms; 10,000 messages are 30,000 values. */
export const MAX_JSON_VALUES = 50_000

/** What is larger takes milliseconds a step. */
const SLOW_BYTES = 65_536
/** What is larger is read in pieces, and its text is not kept beside its value. */
const LARGE_BYTES = 1_048_576
/** What of it is decoded and read in one step. */
const PIECE_BYTES = 131_072

type Size = Pick<JsonShape, 'depth' | 'values'>

/** @throws RouterError `invalid_request` */
const checkSize = ({ depth, values }: Size): void => {
  if (depth > MAX_JSON_DEPTH) {
    throw new RouterError(
      'invalid_request',
      `The body is nested more than ${MAX_JSON_DEPTH} levels deep.`,
    )
  }
  if (values > MAX_JSON_VALUES) {
    throw new RouterError('invalid_request', `The body holds more than ${MAX_JSON_VALUES} values.`)
  }
}

/** Only the position is taken from the engine's message: the rest of it quotes the body. */
const whereItFailed = (error: unknown): string => {
  const message = error instanceof Error ? error.message : ''
  const position = /at position (\d+)/.exec(message)?.[1]
  if (position) return `: unexpected character at position ${position}`
  return message.startsWith('Unexpected end') ? ': it ends too early' : ''
}

/** What `parse` gives. @throws RouterError `invalid_json` without a cause: the engine's message holds a piece of the prompt. */
const parsed = <T>(parse: () => T): T => {
  try {
    return parse()
  } catch (error) {
    throw new RouterError('invalid_json', `The body is not valid JSON${whereItFailed(error)}.`)
  }
}

/** @throws RouterError `invalid_json` */
const decoded = (decode: () => string): string => {
  try {
    return decode()
  } catch (error) {
    throw new RouterError('invalid_json', 'The body is not valid UTF-8.', { cause: error })
  }
}

const noBody = (): RouterError => new RouterError('invalid_json', 'The body is empty; send JSON.')

/** Of whole bodies: one that reads in pieces has a decoder of its own. */
const wholeDecoder = new TextDecoder('utf-8', { fatal: true })

/** @throws RouterError `invalid_json` where there are no bytes, or they are not UTF-8 */
export const decodeJson = (bytes: Uint8Array): string => {
  if (bytes.length === 0) throw noBody()
  return decoded(() => wholeDecoder.decode(bytes))
}

/** @throws RouterError as `decodeJson` and `parseDecoded` */
export const parseJson = (bytes: Uint8Array): unknown => parseDecoded(decodeJson(bytes))

/** @throws RouterError `invalid_json`; `invalid_request` where it is nested or split beyond the limits. */
export const parseDecoded = (text: string): unknown => {
  const shape = jsonShape(text)
  checkSize(shape)
  return parsed(() => parseKeepingText(text, shape))
}

function* piecesOf(chunks: Uint8Array[]): Generator<Uint8Array> {
  for (let chunk = chunks.shift(); chunk !== undefined; chunk = chunks.shift()) {
    for (let at = 0; at < chunk.length; at += PIECE_BYTES) {
      yield chunk.subarray(at, at + PIECE_BYTES)
    }
  }
}

/** Of a large body: keeps no text beside the value, and takes the chunks out of their list as they are read. */
const parseInTurns = async (chunks: Uint8Array[], takeTurn: TakeTurn): Promise<unknown> => {
  const decoder = new TextDecoder('utf-8', { fatal: true })
  const reader = createJsonReader()
  const push = (text: string): void => {
    parsed(() => reader.push(text))
    checkSize(reader)
  }
  for (const piece of piecesOf(chunks)) {
    push(decoded(() => decoder.decode(piece, { stream: true })))
    await takeTurn()
  }
  push(decoded(() => decoder.decode()))
  return parsed(reader.end)
}

const parseAtOnce = async (
  chunks: Uint8Array[],
  takeTurn: TakeTurn | undefined,
): Promise<unknown> => {
  await takeTurn?.()
  const text = decodeJson(wholeOf(chunks.splice(0)))
  await takeTurn?.()
  return parseDecoded(text)
}

/** Whether a body of this size is worked on in turns. */
export const isSlow = (size: number): boolean => size > SLOW_BYTES

/** A body's value; the chunks are used up. @throws RouterError as `parseJson` */
export const parseBody = (chunks: Uint8Array[], takeTurn: TakeTurn): Promise<unknown> => {
  const size = sizeOf(chunks)
  return size > LARGE_BYTES
    ? parseInTurns(chunks, takeTurn)
    : parseAtOnce(chunks, isSlow(size) ? takeTurn : undefined)
}
