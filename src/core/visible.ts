// Makes text from outside safe for a terminal or a log: control characters and invisible characters become escape sequences in
// ASCII. Joiners and format characters that words and emoji are made of stay.

const HIDDEN =
  /(?!\u200c|\u200d|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const escapeOf = (char: string): string => {
  const code = char.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code <= 0xff) return SHORT[char] ?? `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`
}

/** One line of text, with control, directional and invisible characters and line breaks as `\x1b`, `\u202e`, `\n`. */
export const visible = (line: string): string => line.replace(HIDDEN, escapeOf)

const jsonEscapeOf = (char: string): string => {
  if (char === '\n') return char
  let escaped = ''
  for (let i = 0; i < char.length; i++) {
    escaped += `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`
  }
  return escaped
}

/** Text that holds nothing to hide, as most does: this is seen in a sixth of the time that looking for it takes. */
const PLAIN = /^[ -~\n]*$/

/** The same for the output of JSON.stringify: its value and its line breaks stay the same. */
export const visibleJson = (json: string): string =>
  PLAIN.test(json) ? json : json.replace(HIDDEN, jsonEscapeOf)
