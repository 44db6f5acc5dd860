// Patterns of secrets in text: the one list behind log lines, error messages and providers' messages. Each pattern is
// bounded, so masking is linear in the text. A pattern with a group keeps the group and masks what follows it.

export const MASK = '[redacted]'

/** For text that this program writes: ids, hashes and ordinary words stay readable. */
export const SECRET_SHAPES: readonly RegExp[] = [
  /\b((?:bearer|basic)\s{1,4})[\w.~+/=*-]{8,}/gi,
  /\b(?:sk|pk|rk|gsk|xai|pplx|hf|nvapi|csk|fw|tgp|ghp|glpat)[-_][\w*.-]{8,}/gi,
  /\bsb-[a-z0-9]{12}-[\w*.-]{8,}/g, // keys of this gateway; their ids stay readable
  /\bAIza[\w*-]{8,}/g,
  /\beyJ[\w-]{8,2000}\.[\w.-]{4,}/g,
  /([?&](?:api[-_]?key|key|token|access[-_]?token|sig|signature)=)[^&\s"'\\]+/gi,
  /\/\/[^\s/@:]{0,128}:[^\s/@]{1,256}@/g,
]

/** For text from outside: masks anything that could be a key, complete or already shortened by its sender. */
export const FOREIGN_SECRET_SHAPES: readonly RegExp[] = [
  ...SECRET_SHAPES,
  /\b((?:bearer|basic)\s{1,4})[\w.~+/=*-]{4,}/gi,
  /\b(?:sk|pk|rk|gsk|xai|pplx|hf|nvapi|csk|fw|tgp|key|ghp|glpat)[-_][\w*.-]{5,}/gi,
  /\b((?:api[-_ ]?key|x-api-key|token|secret|password)["']?\s{0,2}[:=]\s{0,2}["']?)[^\s"',}]{4,}/gi,
  /[\w-]{0,64}\*{3,}[\w*-]{0,64}/g,
  /\b[A-Za-z0-9]{32,}\b/g, // no hyphens: model names and request ids stay readable
]

/** The text with every match of the shapes masked. */
export const maskShapes = (text: string, shapes: readonly RegExp[]): string =>
  shapes.reduce(
    (clean, shape) =>
      clean.replace(shape, (_whole, lead: unknown) =>
        typeof lead === 'string' ? `${lead}${MASK}` : MASK,
      ),
    text,
  )
