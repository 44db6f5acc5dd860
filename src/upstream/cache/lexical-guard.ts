// The lexical guard of the semantic cache: prompts share an answer only if they have the same words in the same order, ignoring
// articles, "is", "do", courtesies, punctuation and case. Vectors alone are not enough: "convert euros to dollars" and its reverse have
// a cosine of 0.995, "can a cat scare a mouse" and its reverse 0.99, and a "not", a number or a name in a long prompt hardly changes it.
import { normalise } from '../../core/normalise.ts'

/** Short words that an answer does not depend on. "was", "will" and "can" change a question. */
const EMPTY_WORDS: ReadonlySet<string> = new Set('a an the is are be do does'.split(' '))

const QUESTION_WORD = 'how|what|why|when|where|who|whose|which|whether|if'

/** Applied in this order to the whole text. */
const COURTESIES: readonly [phrase: RegExp, meant: string][] = [
  [/^\s*(?:hi|hello|hey)(?: there)?[,.!]*\s+(?=\S)/iu, ''],
  [/^\s*(?:please|kindly),?\s+/iu, ''],
  [/^\s*(?:can|could|would|will) you(?: please| kindly)?\s+/iu, ''],
  [/^\s*i(?: want|'d like| would like| need) to (?:know|understand|learn)\s+/iu, ''],
  [new RegExp(`^\\s*tell me\\s+(?=(?:${QUESTION_WORD})\\b)`, 'iu'), ''],
  [
    /[,.!?;]\s*(?:many )?(?:thanks|thank you)(?: (?:so|very) much| a lot| in advance)?[.!\s]*$/iu,
    '',
  ],
  [/(?:,|(?<!\s))\s+please[.!?\s]*$/iu, ''],
  [/\bhow (?:do|can|could|would|should) (?:i|you|we|one)\b/giu, 'how'],
  [/\bhow to\b/giu, 'how'],
]

/** Expanded, so that "isn't" is a negation and "what's" equals "what is". */
const CONTRACTIONS: readonly [short: RegExp, long: string][] = [
  [/\bcan(?:'t|not)\b/giu, 'can not'],
  [/\bwon't\b/giu, 'will not'],
  [/n't\b/giu, ' not'],
  [/\b(what|who|where|when|why|how|that|there|here|it)'s\b/giu, '$1 is'],
  [/\bi'm\b/giu, 'i am'],
  [/'re\b/giu, ' are'],
  [/'ll\b/giu, ' will'],
  [/'ve\b/giu, ' have'],
]

/** Closing marks by opening mark. */
const QUOTES: Readonly<Record<string, string>> = {
  '"': '"',
  '“': '”',
  '„': '“”',
  '«': '»',
  '`': '`',
}
const OPENING_MARK = /["“„«`']/gu
/** A quotation in single quotes stands between words, and on one line. */
const SINGLE_QUOTED = /'[^'\n]+'(?=$|[\s).,;:!?])/uy
const BEFORE_SINGLE = /[\s(]/u
/** Punctuation around plain words is removed; "5!", "[0,1)" and ".NET" only lose the end of a clause. */
const LEADING_MARKS = /^[([{¿¡]+/u
const TRAILING_MARKS = /(?<![)\]},;:!?….])[)\]},;:!?….]+$/u
const CLAUSE_END = /(?<![,;:?….])[,;:?….]+$/u
const PLAIN_WORD = /^[\p{L}\p{M}]+(?:['-][\p{L}\p{M}]+)*$/u
const CAPITALS = /^(?!I$)\p{Lu}+s?$/u
const INNER_CAPITAL = /\p{Ll}\p{Lu}/u

const replaceAll = (text: string, phrases: readonly [RegExp, string][]): string =>
  phrases.reduce((rest, [phrase, replacement]) => rest.replace(phrase, replacement), text)

/** Position of the next mark; call it with ascending `from`. Positions are cached, so that the search is linear. */
const nextMark = (text: string) => {
  const known = new Map<string, number>()
  return (mark: string, from: number): number => {
    const last = known.get(mark) ?? -1
    const at = last >= from ? last : text.indexOf(mark, from)
    known.set(mark, at < 0 ? Number.POSITIVE_INFINITY : at)
    return known.get(mark) as number
  }
}

/** Where the quotation that opens at `open` ends, or `open` where none does. */
const endOfQuotation = (
  text: string,
  { open, start, next }: { open: number; start: number; next: ReturnType<typeof nextMark> },
): number => {
  const mark = text.charAt(open)
  if (mark !== "'") {
    const close = Math.min(
      ...[...(QUOTES[mark] as string)].map((closing) => next(closing, open + 1)),
    )
    return Number.isFinite(close) ? close + 1 : open
  }
  if (open > start && !BEFORE_SINGLE.test(text.charAt(open - 1))) return open
  SINGLE_QUOTED.lastIndex = open
  return open + (SINGLE_QUOTED.exec(text)?.[0].length ?? 0)
}

/** The text between quotations, and the quotations. */
const cutQuotations = (text: string): { plain: string; quotation: string }[] => {
  const parts: { plain: string; quotation: string }[] = []
  const next = nextMark(text)
  let start = 0
  for (const { index: open } of text.matchAll(OPENING_MARK)) {
    const end = open < start ? open : endOfQuotation(text, { open, start, next })
    if (end === open) continue
    parts.push({ plain: text.slice(start, open), quotation: text.slice(open, end) })
    start = end
  }
  return [...parts, { plain: text.slice(start), quotation: '' }]
}

/** Words in lower case; code, numbers and acronyms unchanged: "US" is not "us". */
const compared = (piece: string): string => {
  const bare = piece.replace(LEADING_MARKS, '').replace(TRAILING_MARKS, '')
  if (!PLAIN_WORD.test(bare) || bare.length === 1) return piece.replace(CLAUSE_END, '')
  return CAPITALS.test(bare) || INNER_CAPITAL.test(bare) ? bare : bare.toLowerCase()
}

const wordsOf = (plain: string): string[] =>
  replaceAll(plain, CONTRACTIONS)
    .split(/\s+/u)
    .map(compared)
    .filter((word) => word !== '' && !EMPTY_WORDS.has(word))

/**
 * Two prompts may share an answer only where their signatures are equal.
 * @returns a JSON array: words in their order, quotations verbatim
 */
export const lexicalSignature = (text: string): string => {
  const normal = normalise(text, 'NFC').replace(/[’ʼ]/gu, "'")
  const parts = cutQuotations(replaceAll(normal, COURTESIES))
  const signature = parts.flatMap(({ plain, quotation }) =>
    quotation === '' ? wordsOf(plain) : [...wordsOf(plain), quotation],
  )
  return JSON.stringify(signature)
}
