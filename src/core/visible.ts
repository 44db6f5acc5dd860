// Text that others wrote, on its way to a terminal or a log: whatever a terminal would obey, or a reader could not see,
// becomes an escape sequence in plain ASCII. Joiners and the signs of scripts stay, words and emoji are made of them.

const HIDDEN =
  /(?!\u200c|\u200d|[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\u{110bd}\u{110cd}])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

const escapeOf = (char: string): string => {
  const code = char.codePointAt(0) ?? 0
  const hex = code.toString(16)
  if (code <= 0xff) return SHORT[char] ?? `\\x${hex.padStart(2, '0')}`
  return code <= 0xffff ? `\\u${hex.padStart(4, '0')}` : `\\u{${hex}}`
}

/** One line of text: controls, escapes, line breaks, directional and invisible characters as `\x1b`, `\n`, `\u202e`. */
export const visible = (line: string): string => line.replace(HIDDEN, escapeOf)

const jsonEscapeOf = (char: string): string => {
  if (char === '\n') return char
  let escaped = ''
  for (let i = 0; i < char.length; i++) {
    escaped += `\\u${char.charCodeAt(i).toString(16).padStart(4, '0')}`
  }
  return escaped
}

/** The same for what JSON.stringify wrote: the value stays the same, and so do the line breaks between its parts. */
export const visibleJson = (json: string): string => json.replace(HIDDEN, jsonEscapeOf)
