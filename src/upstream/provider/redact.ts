// Provider messages → text that may be logged and shown. Providers echo keys in errors (litellm #8075, #15799), whole
// or masked, so both the configured keys and whatever looks like a key go. Every pattern is bounded: no quadratic regex.

const LOOKED_AT_CHARS = 4_096
const KEPT_CHARS = 500
const MASK = '[redacted]'

const SECRET_SHAPES: RegExp[] = [
  /\b(?:bearer|basic)\s{1,4}[\w.~+/=*-]{4,}/gi,
  /\b(?:sk|pk|rk|gsk|xai|pplx|hf|nvapi|csk|fw|tgp|key|ghp|glpat)[-_][\w*.-]{5,}/gi,
  /\bAIza[\w*-]{8,}/g,
  /\beyJ[\w-]{8,2000}\.[\w.-]{4,}/g,
  /([?&](?:api[-_]?key|key|token|access[-_]?token|sig|signature)=)[^&\s"']+/gi,
  /\b((?:api[-_ ]?key|x-api-key|token|secret|password)["']?\s{0,2}[:=]\s{0,2}["']?)[^\s"',}]{4,}/gi,
  /\/\/[^\s/@:]{0,128}:[^\s/@]{1,256}@/g,
  /[\w-]{0,64}\*{3,}[\w*-]{0,64}/g,
  /\b[A-Za-z0-9]{32,}\b/g, // no hyphens: model names and request ids stay readable
]

/**
 * The text without anything that is or looks like a key, at most 500 characters, on one line.
 * @param keys the configured keys, removed literally wherever they occur (also URL-encoded).
 */
export const redact = (text: string, keys: readonly string[]): string => {
  let clean = lookedAt(text)
  for (const secret of keys.flatMap(literalForms)) clean = clean.replaceAll(secret, MASK)
  for (const shape of SECRET_SHAPES) {
    clean = clean.replace(shape, (_whole, lead: unknown) =>
      typeof lead === 'string' ? `${lead}${MASK}` : MASK,
    )
  }
  clean = clean.replace(/[\p{Cc}\s]+/gu, ' ').trim()
  return clean.length > KEPT_CHARS ? `${clean.slice(0, KEPT_CHARS - 1)}…` : clean
}

// Cut before the patterns run, and at a space: half a key at the cut would match none of them.
const lookedAt = (text: string): string => {
  if (text.length <= LOOKED_AT_CHARS) return text
  const head = text.slice(0, LOOKED_AT_CHARS)
  return head.slice(0, head.lastIndexOf(' ') + 1)
}

const literalForms = (key: string): string[] =>
  key === '' ? [] : [...new Set([key, encodeURIComponent(key)])]
