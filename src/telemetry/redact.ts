// Secrets → `[redacted]`, in any text that leaves the process: log lines and error messages.
// The configured keys are replaced literally; what merely looks like a key goes by pattern, each linear in the text.

const MASK = '[redacted]'

const SHAPES: RegExp[] = [
  /\b((?:bearer|basic)\s{1,4})[\w.~+/=*-]{8,}/gi,
  /\b(?:sk|pk|rk|gsk|xai|pplx|hf|nvapi|ghp|glpat)[-_][\w*.-]{8,}/gi,
  /\bsb-[a-z0-9]{12}-[\w*.-]{8,}/g, // gateway keys; their ids stay readable
  /\bAIza[\w-]{20,}/g,
  /([?&](?:api[-_]?key|key|token|access[-_]?token|sig|signature)=)[^&\s"'\\]+/gi,
]

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
    for (const shape of SHAPES) {
      clean = clean.replace(shape, (_whole, lead: unknown) =>
        typeof lead === 'string' ? `${lead}${MASK}` : MASK,
      )
    }
    return clean
  }
}
