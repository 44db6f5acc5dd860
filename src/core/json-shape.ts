// How a JSON text is built, seen by its brackets without building it: a value too deep or too finely split for what comes
// after (recursive serialisers, schema checks for each element) is known in one linear pass.

/** Deepest nesting that is taken of clients and of providers. */
export const MAX_JSON_DEPTH = 200

export interface JsonShape {
  /** Deepest nesting; counting ends one above MAX_JSON_DEPTH. */
  depth: number
  /** Lists, objects and commas: no fewer than half of the values. */
  values: number
  /** Whether a number has more digits in a row than always fit a double. */
  hasLongNumber: boolean
}

/** Fewer digits than that always fit a double. */
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

/** Counts outside of strings. Says nothing of validity: JSON.parse does. */
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

/** Whether a text is nested more than MAX_JSON_DEPTH levels deep. */
export const isTooDeep = (text: string): boolean =>
  text.length > MAX_JSON_DEPTH && jsonShape(text).depth > MAX_JSON_DEPTH
