// Measures the nesting and the number of values of a JSON text from its brackets, in one linear pass and without parsing it:
// values that are too deep or too many for what follows (recursive serialisers, schema checks per element) are refused first.

/** Deepest nesting accepted from clients and providers. */
export const MAX_JSON_DEPTH = 200

export interface JsonShape {
  /** Deepest nesting; the count stops at MAX_JSON_DEPTH + 1. */
  depth: number
  /** Number of arrays, objects and commas: at least half of the number of values. */
  values: number
  /** Whether a number has more than SAFE_DIGITS digits in a row, so that a double may not hold it exactly. */
  hasLongNumber: boolean
}

/** Decimal digits that a double always holds exactly. */
export const SAFE_DIGITS = 15

const QUOTE = 0x22
const BACKSLASH = 0x5c
const COMMA = 0x2c
const OPEN_BRACKET = 0x5b
const CLOSE_BRACKET = 0x5d
const OPEN_BRACE = 0x7b
const CLOSE_BRACE = 0x7d
const ZERO = 0x30
const NINE = 0x39

/** Whether an odd number of backslashes stands before `at`, none of them before `start`. */
const isEscaped = (text: string, at: number, start: number): boolean => {
  let before = at
  while (before > start && text.charCodeAt(before - 1) === BACKSLASH) before--
  return (at - before) % 2 === 1
}

/** Position behind the closing quote of the string whose content begins at `start`, or the text's end. One pass. */
export const behindString = (text: string, start: number): number => {
  let from = start
  for (;;) {
    const quote = text.indexOf('"', from)
    if (quote === -1) return text.length
    if (!isEscaped(text, quote, from)) return quote + 1
    from = quote + 1
  }
}

/** Counts outside of strings. Does not check validity; JSON.parse does. */
export const jsonShape = (text: string): JsonShape => {
  let open = 0
  let depth = 0
  let values = 0
  let digits = 0
  let hasLongNumber = false
  for (let at = 0; at < text.length && depth <= MAX_JSON_DEPTH; at++) {
    const code = text.charCodeAt(at)
    if (code >= ZERO && code <= NINE) {
      digits++
      if (digits > SAFE_DIGITS) hasLongNumber = true
      continue
    }
    digits = 0
    if (code === QUOTE) at = behindString(text, at + 1) - 1
    else if (code === COMMA) values++
    else if (code === OPEN_BRACKET || code === OPEN_BRACE) {
      open++
      values++
      depth = Math.max(depth, open)
    } else if (code === CLOSE_BRACKET || code === CLOSE_BRACE) open--
  }
  return { depth, values, hasLongNumber }
}
