// What two prompts must have in common before similar vectors may count as the same question (upstream/cache/). A sentence
// embedding hardly sees a "not", a number or a swapped name, so those are compared as text, in their order. The signature
// is a string: prompts that may not be taken for each other have different ones, so a lookup never even meets them.
import {
  ARTICLES_AND_AUXILIARIES,
  CONTRACTIONS,
  COURTESIES,
  DECISIVE_WORDS,
  OPENERS,
} from './lexical-guard-words.ts'

/**
 * `facts`: numbers, units, negations, quotations, names, code, opposites, directions and question words.
 * `words`: every word but articles, "is", "do" and courtesies.
 */
export type LexicalGuard = 'facts' | 'words'

const QUOTATION = /"[^"]*"|“[^”]*”|„[^“”]*[“”]|«[^»]*»|`[^`]*`|(?<=^|[\s(])'[^'\n]+'(?=$|[\s).,;:!?])/u
const SENTENCE_END = /[.!?:;]["')\]]*$/
/** Marks around a word that say nothing of it; a sign or a currency does. */
const LEADING_MARKS = /^[([{,;:!?…¿¡.]+(?=[^\d]|$)|^[([{,;:!?…¿¡]+/u
const TRAILING_MARKS = /[)\]},;:!?….]+$/u

/** The text between quotations and the quotations, alternating, first what stands before the first. */
const cutQuotations = (text: string): { plain: string; quotation: string }[] => {
  const parts: { plain: string; quotation: string }[] = []
  let rest = text
  for (let found = QUOTATION.exec(rest); found; found = QUOTATION.exec(rest)) {
    parts.push({ plain: rest.slice(0, found.index), quotation: found[0] })
    rest = rest.slice(found.index + found[0].length)
  }
  return [...parts, { plain: rest, quotation: '' }]
}

const withoutCourtesies = (text: string): string =>
  COURTESIES.reduce((left, [phrase, meant]) => left.replace(phrase, meant), text)

const spelledOut = (text: string): string =>
  CONTRACTIONS.reduce((left, [short, long]) => left.replace(short, long), text)

const hasCase = /[\p{Ll}\p{Lu}]/u
const plainWord = /^[\p{L}\p{M}]+(?:['-][\p{L}\p{M}]+)*$/u
const capitals = /^\p{Lu}[\p{Lu}\d]+s?$/u
const innerCapital = /\p{Ll}\p{Lu}/u

/** Whether a word is one that `facts` compares. */
const isFact = (word: string, isFirst: boolean): boolean => {
  const lower = word.toLowerCase()
  if (!plainWord.test(word) || !hasCase.test(word)) return true
  if (DECISIVE_WORDS.has(lower)) return true
  if (capitals.test(word) || innerCapital.test(word)) return true
  const isCapitalised = /^\p{Lu}/u.test(word) && lower !== 'i'
  return isCapitalised && !(isFirst && (OPENERS.has(lower) || ARTICLES_AND_AUXILIARIES.has(lower)))
}

/** In `words` a name may be written small; what is all capitals, code or number is compared as it is written. */
const told = (word: string): string =>
  plainWord.test(word) && !capitals.test(word) && !innerCapital.test(word)
    ? word.toLowerCase()
    : word

const compared = (plain: string, guard: LexicalGuard, startsSentence: boolean): string[] => {
  const kept: string[] = []
  let isFirst = startsSentence
  for (const raw of plain.split(/\s+/u).filter((piece) => piece !== '')) {
    const word = raw.replace(LEADING_MARKS, '').replace(TRAILING_MARKS, '')
    const isNoise = word === '' || ARTICLES_AND_AUXILIARIES.has(word.toLowerCase())
    if (!isNoise && (guard === 'words' || isFact(word, isFirst))) kept.push(told(word))
    isFirst = SENTENCE_END.test(raw)
  }
  return kept
}

/**
 * Two prompts may share an answer only where their signatures are equal.
 * @returns a JSON array of what is compared, in its order; quotations verbatim
 */
export const lexicalSignature = (text: string, guard: LexicalGuard): string => {
  const normal = text.normalize('NFC').replace(/[’ʼ]/gu, "'")
  const parts = cutQuotations(withoutCourtesies(normal))
  const signature: string[] = []
  for (const [i, { plain, quotation }] of parts.entries()) {
    signature.push(...compared(spelledOut(plain), guard, i === 0))
    if (quotation !== '') signature.push(quotation)
  }
  return JSON.stringify(signature)
}
