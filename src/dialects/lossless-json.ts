// JSON in and out without loss of digits: numbers that a double cannot hold (ids, bounds of 64-bit integers) are carried
// through as marked strings and written again as they came. Also keeps the text that a value was read from, so that a
// body nobody has changed is sent on byte for byte.
//
// JSON.rawJSON and the source text of revivers would do this, but Node 20 has neither.
import { randomBytes } from 'node:crypto'
import { behindString, type JsonShape, jsonShape, SAFE_DIGITS } from '../core/json-shape.ts'

/** Not to be guessed, so that no text of a caller can pass for a number. */
const MARK = `\u0001number ${randomBytes(12).toString('hex')} `
const MARKED = new RegExp(`"${MARK.replace('\u0001', '\\\\u0001')}([-+.\\deE]+)"`, 'g')
const MARK_ESCAPED = MARK.replace('\u0001', '\\u0001')

const QUOTE = 0x22

const NUMBER = /-?\d[\d.eE+-]*/y

/** Whether a double prints the number by the same digits; only integers are held to it, as nobody counts on more. */
const isLossy = (number: string): boolean =>
  number.length > SAFE_DIGITS && /^-?\d+$/.test(number) && String(Number(number)) !== number

const startsNumber = (code: number): boolean => code === 0x2d || (code >= 0x30 && code <= 0x39)

/** The text with its long integers as marked strings; the same text where it has none. One pass. */
const marked = (text: string): string => {
  const parts: string[] = []
  let from = 0
  for (let at = 0; at < text.length; ) {
    const code = text.charCodeAt(at)
    if (code === QUOTE) at = behindString(text, at + 1)
    else if (startsNumber(code)) {
      NUMBER.lastIndex = at
      const [number = ''] = NUMBER.exec(text) ?? []
      if (isLossy(number)) {
        parts.push(text.slice(from, at), `"${MARK_ESCAPED}${number}"`)
        from = at + number.length
      }
      at += Math.max(1, number.length)
    } else at += 1
  }
  return parts.length === 0 ? text : parts.join('') + text.slice(from)
}

/** The value of one number or word. @throws SyntaxError where it is none */
export const literalValue = (text: string): unknown => {
  const value: unknown = JSON.parse(text)
  return typeof value === 'number' && isLossy(text) ? MARK + text : value
}

const texts = new WeakMap<object, string>()

/**
 * As JSON.parse, but for integers that a double cannot hold: these are strings that only `writeJson` understands.
 * @param shape the text's, where it is known
 */
export const parseJsonText = (text: string, shape: JsonShape = jsonShape(text)): unknown => {
  const value: unknown = JSON.parse(shape.hasLongNumber ? marked(text) : text)
  return value
}

/** The same, and the text is kept for as long as the value is. */
export const parseKeepingText = (text: string, shape?: JsonShape): unknown => {
  const value = parseJsonText(text, shape)
  if (typeof value === 'object' && value !== null) texts.set(value, text)
  return value
}

/** The text that `parseKeepingText` read this value from; undefined for any other value. */
export const textOfValue = (value: object): string | undefined => texts.get(value)

/** As JSON.stringify, with the digits that `parseJsonText` kept. */
export const writeJson = (value: unknown): string => {
  const text = JSON.stringify(value)
  return text.includes(MARK_ESCAPED) ? text.replace(MARKED, '$1') : text
}
