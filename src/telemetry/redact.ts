// Secrets → `[redacted]`, in any text that leaves the process: log lines and error messages.
// The configured keys are replaced literally; what merely looks like a key goes by pattern (core/redact-shapes.ts).

import { MASK, maskShapes, SECRET_SHAPES } from '../core/redact-shapes.ts'

/** Shorter values would blank out ordinary words. */
const MIN_SECRET_CHARS = 6

export type Redact = (text: string) => string

/** @param secrets values that must never appear (provider keys), whatever they look like. */
export const createRedact = (secrets: Iterable<string> = []): Redact => {
  const literals = new Set<string>()
  for (const secret of secrets) {
    if (secret.length < MIN_SECRET_CHARS) continue
    literals.add(secret).add(encodeURIComponent(secret)).add(JSON.stringify(secret).slice(1, -1))
  }
  // The longest first: the JSON form of a secret holds its plain form, and its escapes must not be left behind.
  const longestFirst = [...literals].sort((a, b) => b.length - a.length)
  return (text) => {
    let clean = text
    for (const literal of longestFirst) clean = clean.replaceAll(literal, MASK)
    return maskShapes(clean, SECRET_SHAPES)
  }
}
