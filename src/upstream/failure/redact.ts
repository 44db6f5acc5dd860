// Redacts providers' messages for logs and clients. Providers echo keys in errors (litellm #8075, #15799), whole or masked, so both
// the configured keys and anything that looks like a key are removed (core/redact-shapes.ts).

import { FOREIGN_SECRET_SHAPES, MASK, maskShapes } from '../../core/redact-shapes.ts'

const MAX_READ_CHARS = 4_096
const KEPT_CHARS = 500
/**
 * The text without keys and what looks like one, at most 500 characters, on one line.
 * @param keys the configured keys, removed literally wherever they occur (also URL-encoded).
 */
export const redact = (text: string, keys: readonly string[]): string => {
  let clean = headOf(text)
  for (const secret of keys.flatMap(literalForms)) clean = clean.replaceAll(secret, MASK)
  clean = maskShapes(clean, FOREIGN_SECRET_SHAPES)
  clean = clean.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return clean.length > KEPT_CHARS ? `${clean.slice(0, KEPT_CHARS - 1)}…` : clean
}

// Cut before the patterns run, and at a space: half a key at the cut would match none of them.
const headOf = (text: string): string => {
  if (text.length <= MAX_READ_CHARS) return text
  const head = text.slice(0, MAX_READ_CHARS)
  return head.slice(0, head.lastIndexOf(' ') + 1)
}

const literalForms = (key: string): string[] =>
  key === '' ? [] : [...new Set([key, encodeURIComponent(key)])]
