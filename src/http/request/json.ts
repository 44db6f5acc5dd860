// Bytes → JSON value. Looks at the brackets before parsing, so that a value too deep or too finely split for what comes
// after is refused in one linear pass instead of being built.
import { jsonShape, MAX_JSON_DEPTH } from '../../core/json-shape.ts'
import { parseKeepingText } from '../../dialects/lossless-json.ts'
import { RouterError } from '../../errors.ts'

/** Measured: parsing 99,000 distinct keys blocks for 50 to 200 ms; 10,000 messages are 30,000 values. */
export const MAX_JSON_VALUES = 50_000

/** @throws RouterError `invalid_request` */
const checkShape = (text: string): void => {
  const { depth, values } = jsonShape(text)
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

/** @throws RouterError `invalid_json` where there are no bytes, or they are not UTF-8 */
export const decodeJson = (bytes: Uint8Array): string => {
  if (bytes.length === 0) throw new RouterError('invalid_json', 'The body is empty; send JSON.')
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (error) {
    throw new RouterError('invalid_json', 'The body is not valid UTF-8.', { cause: error })
  }
}

/** @throws RouterError as `decodeJson` and `parseDecoded` */
export const parseJson = (bytes: Uint8Array): unknown => parseDecoded(decodeJson(bytes))

/** @throws RouterError `invalid_json`; `invalid_request` where it is nested or split beyond the limits. */
export const parseDecoded = (text: string): unknown => {
  checkShape(text)
  try {
    return parseKeepingText(text)
  } catch (error) {
    // No cause: the engine's message holds a piece of the prompt.
    throw new RouterError('invalid_json', `The body is not valid JSON${whereItFailed(error)}.`)
  }
}
