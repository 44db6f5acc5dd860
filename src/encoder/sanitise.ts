// Makes any text safe for a tokenizer; the last thing before it, whatever the caller has done already. Pure.
// WordPiece is more than quadratic in the length of a word and truncates only after tokenising, so length is cut here.

export interface SanitiseOptions {
  /** Most UTF-16 units that are read, and that are returned. */
  maxChars: number
  /** Texts that the tokenizer would take as tokens of its own; default: BERT's. */
  specialTokens?: readonly string[]
}

export const BERT_SPECIAL_TOKENS: readonly string[] = ['[CLS]', '[SEP]', '[MASK]', '[PAD]', '[UNK]']

/** Longest word the tokenizer gets to see; the longest English words in use have fewer than 30 letters. */
export const LONGEST_WORD = 40

/** From this length on WordPiece makes a single [UNK] of a word without looking at it, which costs nothing. */
const UNKNOWN_FROM = 101

const longRun = new RegExp(`[^\\s\\p{P}]{${LONGEST_WORD + 1},}`, 'gu')
const plainAscii = /^[A-Za-z0-9]+$/
const hangulSyllable = /[\uac00-\ud7a3]/

/** At most `maxChars` units from the start, never half of a surrogate pair. */
export const capChars = (text: string, maxChars: number): string => {
  if (text.length <= maxChars) return text
  const last = text.charCodeAt(maxChars - 1)
  const isSplitPair = last >= 0xd800 && last <= 0xdbff
  return text.slice(0, isSplitPair ? maxChars - 1 : maxChars)
}

const escapePattern = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

const patterns = new WeakMap<readonly string[], RegExp>()

/** Finds any of the tokens; made once for each list, since making it takes longer than using it. Without tokens it finds nothing. */
const patternOf = (specialTokens: readonly string[]): RegExp => {
  const known = patterns.get(specialTokens)
  if (known) return known
  const tokens = specialTokens.filter((token) => [...token].length > 1)
  const pattern = new RegExp(tokens.map(escapePattern).join('|') || '(?!)', 'giu')
  patterns.set(specialTokens, pattern)
  return pattern
}

/** Puts a space after the first character of a special token, so that it is read as ordinary text. */
const neutralise = (text: string, specialTokens: readonly string[]): string => {
  return text.replace(patternOf(specialTokens), (token) => {
    const [first = '', ...rest] = token
    return `${first} ${rest.join('')}`
  })
}

/** Cuts a run into words of at most LONGEST_WORD letters; a Hangul syllable counts as the three it decomposes into. */
const splitRun = (run: string): string => {
  if (run.length >= UNKNOWN_FROM && plainAscii.test(run)) return run
  const words: string[] = []
  let word = ''
  let letters = 0
  for (const letter of run) {
    const weight = hangulSyllable.test(letter) ? 3 : 1
    if (letters + weight > LONGEST_WORD) {
      words.push(word)
      word = ''
      letters = 0
    }
    word += letter
    letters += weight
  }
  return [...words, word].join(' ')
}

/**
 * Well-formed text of at most `maxChars` units without NUL, without special tokens and without words
 * whose tokenising would take long. Applying it twice changes nothing more.
 */
export const sanitise = (text: string, options: SanitiseOptions): string => {
  const { maxChars, specialTokens = BERT_SPECIAL_TOKENS } = options
  const wellFormed = capChars(text, maxChars).toWellFormed().replaceAll('\0', '')
  const ordinary = neutralise(wellFormed, specialTokens)
  const short = capChars(ordinary.replace(longRun, splitRun), maxChars)
  // The spaces added may push the end of a run that was left whole over the limit, and leave one to be split.
  return capChars(short.replace(longRun, splitRun), maxChars)
}
