// A name for prompts of one kind, from the words that they share and other prompts lack.

import { normalise } from '../../../core/normalise.ts'
import { routeNameLike } from './route-name.ts'

export interface NamedCluster {
  /** Words of the name, the most distinctive first. */
  words: string[]
  /** Null where no word distinguishes the cluster. */
  name: string | null
}

const WORD = /[\p{L}\p{N}]+(?:['’][\p{L}]+)?/gu
const MAX_WORDS = 3
/** Share of a cluster's prompts that a word of its name must stand in, after the first word. */
const LEAST_SHARE = 0.2
const LEAST_LETTERS = 3

// Words that ask rather than say what about. They are common in every kind, but few prompts are no measure of that.
const IDLE = new Set(
  `the and for you your with that this what how can could would should please want need tell give show get know
  are was were does did have has had will shall may might must not but from into about there their them they his her
  our out who whom which when where why its it's i'm i'd i've what's let any some all just like one make sure help
  been being too very than then also off over now here use using going doing got`.split(/\s+/),
)

const wordsOf = (text: string): Set<string> =>
  new Set(
    (normalise(text, 'NFKC').toLowerCase().match(WORD) ?? []).filter(
      (word) => word.length >= LEAST_LETTERS && !IDLE.has(word) && !/^\p{N}+$/u.test(word),
    ),
  )

const countWords = (texts: readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>()
  for (const text of texts) {
    for (const word of wordsOf(text)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  return counts
}

/** `timers` beside `timer` says nothing more. */
const isSameWord = (a: string, b: string): boolean => {
  const [short, long] = a.length < b.length ? [a, b] : [b, a]
  return long.startsWith(short) && long.length - short.length <= 3
}

/** Words by share in the cluster × log of how much commoner they are there (class-based TF-IDF, Grootendorst 2022). */
const ranked = (
  texts: readonly string[],
  others: readonly string[],
): { word: string; share: number; worth: number }[] => {
  const [own, rest] = [countWords(texts), countWords(others)]
  return [...own]
    .map(([word, count]) => {
      const share = count / texts.length
      const elsewhere = ((rest.get(word) ?? 0) + 0.5) / (others.length + 1)
      return { word, share, worth: share * Math.log(share / elsewhere) }
    })
    .filter(({ worth }) => worth > 0)
    .sort((a, b) => b.worth - a.worth || (a.word < b.word ? -1 : 1))
}

/**
 * @param texts of the cluster; empty ones are those that are not stored
 * @param others other prompts and exemplars, to tell what is common
 */
export const nameCluster = (texts: readonly string[], others: readonly string[]): NamedCluster => {
  const stored = texts.filter((text) => text !== '')
  const words: string[] = []
  for (const { word, share } of stored.length > 0 ? ranked(stored, others) : []) {
    if (words.length === MAX_WORDS) break
    const isShared = words.length === 0 || share >= LEAST_SHARE
    if (isShared && !words.some((known) => isSameWord(known, word))) words.push(word)
  }
  return { words, name: routeNameLike(words) }
}
